// Leases that are written down from time to time, through a callback that the lessor's user gave.
// Bug: renew calls the callback with the lessor locked for writing, and the callback checkpoints
// through the same lessor, which locks it for writing again.
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
    sluice::Lock lock(mu_);
    const auto lease = leases_.find(id);
    if (lease == leases_.end()) return 0s;
    if (checkpointer_ && lease->second.remaining > 0s) checkpointer_(id, 0s);
    return lease->second.ttl;
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
