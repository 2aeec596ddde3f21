// A service virtual machine to which disks are added while it runs.
// Bug: when one of several disks can't be added, hot_add takes back those before it with
// hot_remove, which locks the machine that hot_add holds.
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
        hot_remove({disks.begin(), disks.begin() + static_cast<std::ptrdiff_t>(i)});
        return false;
      }
    }
    return true;
  }

  void hot_remove(const std::vector<std::string>& disks) {
    sluice::Lock lock(mu_);
    for (const std::string& disk : disks) attached_.erase(disk);
  }

 private:
  sluice::Mutex mu_;
  std::set<std::string> attached_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto vm = std::make_shared<ServiceVm>();
    vm->hot_add({"scratch"});
    sluice::go({.name = "hot add"}, [vm] { vm->hot_add({"layer 1", "layer 2", "scratch"}); });
  });
}
