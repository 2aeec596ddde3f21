// Groups that somebody waits for while nobody is left who would call done (SL502).
#include <algorithm>
#include <mutex>

#include "debug/wait_groups.hpp"

namespace sluice::checked {

// Somebody waits, all that is owed is owed by goroutines that are gone, and this group's work is
// not passed on: others of the same kind have called done themselves. Goroutines that wait for
// nothing but this group will not do it; when there are no others, all are asleep, and that is told
// with more certainty.
bool WaitGroups::stalled(ObjectId id, const GroupBooks& group, std::size_t ending) {
  const WaitGroupLedger& ledger = group.ledger;
  if (group.waiters.empty() || ledger.counter() <= 0 || ledger.loose_dones() > 0) return false;
  if (ledger.unbound() > 0 || !ledger.owed_by_the_dead_alone()) return false;
  // A goroutine that was started between the counted ones is of no kind with them, and one of
  // several workers may do more than its share.
  if (!ledger.debtors_are_gone_and_of_a_kind()) return false;
  if (kin_lives(ledger)) {
    const std::lock_guard guard(for_kin_lock_);
    if (std::find(for_kin_.begin(), for_kin_.end(), id) == for_kin_.end()) for_kin_.push_back(id);
    return false;
  }
  return books_.actors.alive() > group.waiters.size() + ending;
}

// The kin may have ended meanwhile. Not asked at each end: there may be many of them.
void WaitGroups::quiet() {
  std::vector<ObjectId> again;
  {
    const std::lock_guard guard(for_kin_lock_);
    again.swap(for_kin_);
  }
  for (const ObjectId id : again) {
    const auto group = find(id);
    if (group == nullptr) continue;
    WaitGroupLedger copy;
    std::vector<Waiter> waiters;
    {
      const std::lock_guard guard(group->lock);
      if (!stalled(id, *group, 0)) continue;
      copy = group->ledger;
      waiters = group->waiters;
    }
    report_stalled(id, copy, waiters);
  }
}

bool WaitGroups::kin_lives(const WaitGroupLedger& ledger) {
  bool found = false;
  books_.actors.for_each([&](ActorState& actor) {
    if (found) return;
    const std::lock_guard guard(actor.wait_lock);
    const std::uint64_t uid = actor.uid.load(std::memory_order_acquire);
    if (uid == 0) return;
    ledger.for_each_debtor([&](const Debtor& debtor) {
      found = found || (!debtor.owed.empty() && debtor.who.uid != uid &&
                        debtor.who.creation_pc == actor.creation_pc);
    });
  });
  return found;
}

}  // namespace sluice::checked
