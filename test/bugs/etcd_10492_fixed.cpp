// Leases that are written down from time to time, through a callback that the lessor's user gave.
// Fixed: renew copies what it needs and calls the callback with the lessor unlocked.
#include <chrono>
#include <functional>
#include <map>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

using LeaseId = int;
using Checkpointer = std::function<void(LeaseId, std::chrono::seconds)>;

struct Lease {
  std::chrono::seconds ttl;
  std::chrono::seconds remaining;
};

class Lessor {
 public:
  Lessor() { sluice::debug::name(&mu_, "lessor.mu"); }

  void set_checkpointer(Checkpointer checkpointer) {
    sluice::Lock lock(mu_);
    checkpointer_ = std::move(checkpointer);
  }

  void grant(LeaseId id, std::chrono::seconds ttl) {
    sluice::Lock lock(mu_);
    leases_[id] = {ttl, ttl};
  }

  void checkpoint(LeaseId id, std::chrono::seconds remaining) {
    sluice::Lock lock(mu_);
    if (const auto lease = leases_.find(id); lease != leases_.end()) {
      lease->second.remaining = remaining;
    }
  }

  std::chrono::seconds renew(LeaseId id) {
    mu_.lock();
    const auto lease = leases_.find(id);
    const Lease found = lease == leases_.end() ? Lease{0s, 0s} : lease->second;
    const Checkpointer checkpointer = checkpointer_;
    mu_.unlock();
    if (checkpointer && found.remaining > 0s) checkpointer(id, 0s);
    return found.ttl;
  }

 private:
  sluice::RWMutex mu_;
  Checkpointer checkpointer_;
  std::map<LeaseId, Lease> leases_;
};

}  // namespace

int main() {
  return sluice::run([] {
    Lessor lessor;
    lessor.set_checkpointer(
        [&](LeaseId id, std::chrono::seconds remaining) { lessor.checkpoint(id, remaining); });
    lessor.grant(1, 60s);
    lessor.renew(1);
  });
}
