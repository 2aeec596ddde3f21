// A service virtual machine to which disks are added while it runs.
// Fixed: hot_add takes back those before it with a function that expects the machine to be locked;
// main waits for the goroutine.
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

class ServiceVm {
 public:
  ServiceVm() { sluice::debug::name(&mu_, "vm.mu"); }

  bool hot_add(const std::vector<std::string>& disks) {
    sluice::Lock lock(mu_);
    for (std::size_t i = 0; i < disks.size(); ++i) {
      if (!attached_.insert(disks[i]).second) {
        hot_remove_locked({disks.begin(), disks.begin() + static_cast<std::ptrdiff_t>(i)});
        return false;
      }
    }
    return true;
  }

  void hot_remove(const std::vector<std::string>& disks) {
    sluice::Lock lock(mu_);
    hot_remove_locked(disks);
  }

 private:
  void hot_remove_locked(const std::vector<std::string>& disks) {
    for (const std::string& disk : disks) attached_.erase(disk);
  }
  sluice::Mutex mu_;
  std::set<std::string> attached_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto vm = std::make_shared<ServiceVm>();
    vm->hot_add({"scratch"});
    sluice::WaitGroup adding;
    adding.add();
    sluice::go({.name = "hot add"}, [vm, &adding] {
      vm->hot_add({"layer 1", "layer 2", "scratch"});
      adding.done();
    });
    adding.wait();
  });
}
