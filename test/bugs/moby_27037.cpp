// Starts a number of containers at the same time, each with its number in its name.
// Bug: each goroutine refers to the loop's counter, and formats what that has become.
#include <set>
#include <string>

#include <sluice/sluice.hpp>

namespace {

class Daemon {
 public:
  void run_container(const std::string& name) {
    sluice::Lock guard(mu_);
    names_.insert(name);
  }

 private:
  sluice::Mutex mu_;
  std::set<std::string> names_;
};

}  // namespace

int main() {
  return sluice::run([] {
    Daemon daemon;
    sluice::WaitGroup starting;
    int i = 0;
    for (; i < 10; ++i) {
      starting.go([&] { daemon.run_container("container_" + std::to_string(i)); });
    }
    starting.wait();
  });
}
