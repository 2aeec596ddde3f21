// Boost.Fiber. One worker is its own round robin; more of them steal from each other.
#include <boost/fiber/all.hpp>

#include <memory>
#include <thread>

#include "kit_rows.hpp"

namespace {

namespace fibers = boost::fibers;

struct Kit {
  // Counted, as fibers that are left to themselves end on any thread.
  class Group {
   public:
    void go(auto f) {
      {
        const std::lock_guard guard(mutex_);
        ++left_;
      }
      fibers::fiber(fibers::launch::post, std::allocator_arg, stacks(), [this, f] {
        f();
        const std::lock_guard guard(mutex_);
        if (--left_ == 0) none_.notify_all();
      }).detach();
    }
    void wait() {
      std::unique_lock lock(mutex_);
      none_.wait(lock, [this] { return left_ == 0; });
    }

   private:
    static fibers::fixedsize_stack stacks() { return fibers::fixedsize_stack(64 * 1024); }
    fibers::mutex mutex_;
    fibers::condition_variable none_;
    long left_ = 0;
  };
  using Mutex = fibers::mutex;
  using Cond = fibers::condition_variable;
  template <class T>
  class Chan {
   public:
    explicit Chan(std::size_t capacity) {
      if (capacity == 0) {
        unbuffered_ = std::make_unique<fibers::unbuffered_channel<T>>();
        return;
      }
      std::size_t size = 2;  // a power of two, of which it uses all but one
      while (size <= capacity) size *= 2;
      buffered_ = std::make_unique<fibers::buffered_channel<T>>(size);
    }
    void send(T value) { unbuffered_ ? unbuffered_->push(value) : buffered_->push(value); }
    bool recv(T& value) {
      return (unbuffered_ ? unbuffered_->pop(value) : buffered_->pop(value)) ==
             fibers::channel_op_status::success;
    }
    void close() { unbuffered_ ? unbuffered_->close() : buffered_->close(); }

   private:
    std::unique_ptr<fibers::unbuffered_channel<T>> unbuffered_;
    std::unique_ptr<fibers::buffered_channel<T>> buffered_;
  };
  static void yield() { boost::this_fiber::yield(); }
  static void sleep(auto time) { boost::this_fiber::sleep_for(time); }
};

peers::Rows rows() {
  peers::Rows all;
  peers::Tasks<Kit>::add(all);
  peers::Locks<Kit>::add(all);
  peers::Channels<Kit>::add(all);
  return all;
}

void run(int workers, auto body) {
  if (workers == 1) return body();
  fibers::mutex mutex;
  fibers::condition_variable ended;
  bool over = false;
  std::vector<std::thread> threads;
  const auto work = [&](bool first) {
    fibers::use_scheduling_algorithm<fibers::algo::work_stealing>(
        static_cast<std::uint32_t>(workers), true);
    if (first) {
      fibers::fiber([&] {
        body();
        const std::lock_guard guard(mutex);
        over = true;
        ended.notify_all();
      }).detach();
    }
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return over; });
  };
  for (int i = 1; i < workers; ++i) threads.emplace_back(work, false);
  work(true);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

int main(int argc, char** argv) {
  return peers::main_of(argc, argv, &rows, [](int workers, auto body) { run(workers, body); });
}
