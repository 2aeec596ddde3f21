// A CPU manager: containers get sets of CPUs, and a loop brings what runs in line with them.
// Fixed: cpus_or_default leaves the locking to the getters that it calls; main waits for both
// goroutines.
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>

#include <sluice/sluice.hpp>

namespace {

using CpuSet = std::set<int>;

class CpuState {
 public:
  CpuState() { sluice::debug::name(&mu_, "cpus.mu"); }

  std::optional<CpuSet> cpus(const std::string& container) {
    sluice::SharedLock lock(mu_);
    const auto found = assigned_.find(container);
    return found == assigned_.end() ? std::nullopt : std::optional(found->second);
  }

  CpuSet default_cpus() {
    sluice::SharedLock lock(mu_);
    return default_;
  }

  CpuSet cpus_or_default(const std::string& container) {
    if (auto assigned = cpus(container)) return *assigned;
    return default_cpus();
  }

  void set_default(const CpuSet& cpus) {
    sluice::Lock lock(mu_);
    default_ = cpus;
  }

  void remove(const std::string& container) {
    sluice::Lock lock(mu_);
    assigned_.erase(container);
  }

 private:
  sluice::RWMutex mu_;
  std::map<std::string, CpuSet> assigned_{{"db", {2, 3}}};
  CpuSet default_{0, 1};
};

class CpuManager {
 public:
  void reconcile() {
    for (const char* container : {"db", "web"}) state_.cpus_or_default(container);
  }

  void remove_container(const std::string& container) {
    if (std::bernoulli_distribution(0.5)(random_)) return;  // not a container of ours
    state_.remove(container);
    state_.set_default({0, 1, 2, 3});
  }

 private:
  CpuState state_;
  std::random_device random_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto manager = std::make_shared<CpuManager>();
    sluice::WaitGroup both;
    both.add(2);
    sluice::go({.name = "reconcile"}, [manager, &both] {
      manager->reconcile();
      both.done();
    });
    sluice::go({.name = "remove"}, [manager, &both] {
      manager->remove_container("db");
      both.done();
    });
    both.wait();
  });
}
