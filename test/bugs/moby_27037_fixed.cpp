// Starts a number of containers at the same time, each with a number of its own in its name.
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
    for (int i = 0; i < 10; ++i) {
      starting.go([&daemon, i] { daemon.run_container("container_" + std::to_string(i)); });
    }
    starting.wait();
  });
}
