// Leases on the descriptors of tables, found by the table's name through a cache of names.
// Fixed: releasing the last use of a lease unlocks the lease before it locks the cache to take the
// name out.
#include <map>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

namespace {

struct Lease {
  explicit Lease(std::string table_name) : name(std::move(table_name)) {
    sluice::debug::name(&mu, "lease.mu");
  }
  const std::string name;
  sluice::Mutex mu;
  bool expired = false;
  int uses = 1;
};

class NameCache {
 public:
  NameCache() { sluice::debug::name(&mu_, "names.mu"); }

  void insert(const std::shared_ptr<Lease>& lease) {
    sluice::Lock lock(mu_);
    leases_[lease->name] = lease;
  }

  std::shared_ptr<Lease> get(const std::string& name) {
    sluice::Lock lock(mu_);
    const auto found = leases_.find(name);
    if (found == leases_.end()) return nullptr;
    sluice::Lock lease_lock(found->second->mu);
    return found->second->expired ? nullptr : found->second;
  }

  void remove(const Lease& lease) {
    sluice::Lock lock(mu_);
    leases_.erase(lease.name);
  }

 private:
  sluice::Mutex mu_;
  std::map<std::string, std::shared_ptr<Lease>> leases_;
};

class TableState {
 public:
  explicit TableState(NameCache& names) : names_(names) { sluice::debug::name(&mu_, "table.mu"); }

  void release(Lease& lease) {
    sluice::Lock lock(mu_);
    {
      sluice::Lock lease_lock(lease.mu);
      if (--lease.uses > 0) return;
      lease.expired = true;
    }
    ++released_;
    names_.remove(lease);
  }

 private:
  NameCache& names_;
  sluice::Mutex mu_;
  int released_ = 0;
};

}  // namespace

int main() {
  return sluice::run([] {
    NameCache names;
    TableState table(names);
    auto lease = std::make_shared<Lease>("accounts");
    names.insert(lease);

    sluice::WaitGroup both;
    both.add(2);
    sluice::go({.name = "look-up"}, [&] {
      names.get("accounts");
      both.done();
    });
    sluice::go({.name = "release"}, [&] {
      table.release(*lease);
      both.done();
    });
    both.wait();
  });
}
