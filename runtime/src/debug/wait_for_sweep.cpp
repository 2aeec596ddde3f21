#include "debug/wait_for_sweep.hpp"

namespace sluice::checked {
namespace {

// So many elements before it is its turn a piece of memory is asked for.
constexpr std::size_t kAhead = 12;

}  // namespace

void WaitForSweep::collect() {
  waiters_.clear();
  books_.actors.for_each_ahead(kAhead, [this](ActorState& actor) {
    const std::uint64_t epoch = actor.epoch.load(std::memory_order_acquire);
    if ((epoch & 1) == 0) return;
    const ObjectId object = actor.blocked_on.load(std::memory_order_relaxed);
    if (object == kNoObject) return;
    // Mostly it is the same as in the last look; a line that is not written need not be written
    // back.
    const auto number = static_cast<std::uint32_t>(waiters_.size());
    if (actor.number != number) actor.number = number;
    waiters_.push_back({&actor, nullptr, epoch, object});
  });
}

// In three rounds, as each needs what the one before has asked memory for.
void WaitForSweep::find_owners() {
  const std::size_t count = waiters_.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kAhead < count) books_.objects.expect(waiters_[i + kAhead].object);
    const ObjectRecord* record = books_.objects.find(waiters_[i].object);
    if (record == nullptr || record->handed_over.load(std::memory_order_relaxed)) continue;
    waiters_[i].owner = record->owner.load(std::memory_order_acquire);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kAhead < count) __builtin_prefetch(&waiters_[i + kAhead].owner->number);
    Waiter& waiter = waiters_[i];
    if (waiter.owner == nullptr) continue;
    const std::uint32_t at = waiter.owner->number;
    if (at < count && waiters_[at].actor == waiter.owner) waiter.next = at + 1;
  }
}

void WaitForSweep::follow() {
  using Mark = Waiter::Mark;
  for (std::uint32_t start = 0; start < waiters_.size(); ++start) {
    path_.clear();
    std::uint32_t at = start + 1;
    while (at != 0 && waiters_[at - 1].mark == Mark::fresh) {
      waiters_[at - 1].mark = Mark::on_path;
      path_.push_back(at - 1);
      at = waiters_[at - 1].next;
    }
    // It has come to somebody who waits for no lock, to its own path, or to one that is known.
    Mark end = Mark::free;
    if (at != 0 && waiters_[at - 1].mark != Mark::free) end = Mark::stuck;
    for (const std::uint32_t each : path_) waiters_[each].mark = end;
  }
}

bool WaitForSweep::unchanged(const Waiter& waiter) {
  const ObjectRecord* record = books_.objects.find(waiter.object);
  return record != nullptr && holder_of(*record, waiter.object) == waiter.owner &&
         waiter.actor->blocked_on.load(std::memory_order_relaxed) == waiter.object &&
         waiter.actor->epoch.load(std::memory_order_acquire) == waiter.epoch;
}

const std::vector<ActorState*>& WaitForSweep::run() {
  stuck_.clear();
  collect();
  find_owners();
  follow();
  for (const Waiter& waiter : waiters_) {
    if (waiter.mark != Waiter::Mark::stuck) continue;
    // One that has changed may free all that wait behind it: they are found next time.
    if (!unchanged(waiter)) {
      stuck_.clear();
      break;
    }
    stuck_.push_back(waiter.actor);
  }
  return stuck_;
}

}  // namespace sluice::checked
