// Threads of the system: what locks cost those who leave them.
#include <condition_variable>
#include <thread>

#include "kit_rows.hpp"

namespace {

struct Kit {
  class Group {
   public:
    void go(auto f) { threads_.emplace_back(f); }
    void wait() {
      for (std::thread& thread : threads_) thread.join();
      threads_.clear();
    }

   private:
    std::vector<std::thread> threads_;
  };
  using Mutex = std::mutex;
  using SharedMutex = std::shared_mutex;
  using Cond = std::condition_variable;
  static void yield() { std::this_thread::yield(); }
};

peers::Rows rows() {
  peers::Rows all;
  peers::Locks<Kit>::add(all);
  all["yield 2"] = [] { return peers::Tasks<Kit>::yield(2); };
  return all;
}

}  // namespace

// As many threads as tasks: on how many processors they run is for the system to say.
int main(int argc, char** argv) {
  return peers::main_of(argc, argv, &rows, [](int, auto body) { body(); });
}
