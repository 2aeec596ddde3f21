// The events that programs tell most, in their short form. Locks come here when they are taken or
// freed in another way than last time: the rest is noted by their own functions (lock_trail.hpp).
// Calls come last, so that no register is saved.
#include "debug/hub_parts.hpp"

namespace sluice::checked {

using detail::AccessMode;
using detail::Actor;
using detail::EventKind;
using detail::LockTrail;
using detail::LockUse;
using detail::ObjectKind;
using detail::OrderSeen;

namespace {

// Null: it is new, or there is more to it.
[[gnu::always_inline]] inline ActorState* usual(const Actor& doer) {
  auto* actor = static_cast<ActorState*>(doer.observer_state);
  return actor != nullptr && (actor->held.trail().unusual & ~LockTrail::kTellAll) == 0 ? actor
                                                                                       : nullptr;
}

}  // namespace

bool Hub::lock_taken(Actor& doer, ObjectId lock, LockUse use, const void* pc,
                     const void* frame) noexcept {
  ActorState* const actor = usual(doer);
  Parts& parts = *parts_;
  if (actor == nullptr || !parts.may_be_quick) return false;
  const bool exclusive = use.mode == AccessMode::exclusive;
  if (use.kind == ObjectKind::rw_mutex && exclusive) return false;
  // Under other locks: only if it has been asked for under the same ones before.
  const std::uint64_t under = actor->held.hash();
  OrderSeen* order = nullptr;
  if (!actor->held.empty()) {
    if (parts.books.objects.any_ranks()) return false;
    if (parts.checks) {
      order = LockOrder::known(under, *actor, lock, use.mode);
      if (order == nullptr) return false;
    } else if (actor->held.find(lock) != nullptr) {
      return false;
    }
  }
  ObjectRecord& record = parts.books.objects.alive(lock);
  HeldLock& held = actor->held.push(lock, use.mode, record);
  if (order != nullptr) held.found(under, *order);
  actor->held.trail().set_last(EventKind::lock_taken, lock, pc);
  if (exclusive) record.owner.store(actor, std::memory_order_release);
  const CallPlace place{&doer, pc, frame};
  const bool same = held.site.is(pc, frame);
  if (!same) take_site(place, held.site);
  if (parts.whole_stacks && !(same && stack_is(held.stack, place))) {
    held.stack = quick_stack(place);
  }
  return true;
}

bool Hub::lock_released(Actor& doer, ObjectId lock, LockUse use, const void* pc) noexcept {
  ActorState* actor = usual(doer);
  if (actor == nullptr) return false;
  if (!actor->held.is_topmost(lock, use.mode)) return false;
  actor->held.trail().set_last(EventKind::lock_released, lock, pc);
  if (use.mode == AccessMode::exclusive) parts_->books.objects.alive(lock).freed();
  actor->held.pop();
  return true;
}

bool Hub::chan_send(Actor& doer, ObjectId channel, const void* pc) noexcept {
  ActorState* actor = usual(doer);
  if (actor == nullptr) return false;
  if (parts_->checks && !actor->time.has_told(channel)) return false;
  actor->held.sends();
  actor->held.trail().set_last(EventKind::chan_send, channel, pc);
  return true;
}

bool Hub::chan_received(Actor& doer, ObjectId channel, const void* pc) noexcept {
  ActorState* actor = usual(doer);
  if (actor == nullptr) return false;
  Parts& parts = *parts_;
  if (parts.checks && !Ordering::has_heard(*actor, channel, parts.books.objects.alive(channel))) {
    return false;
  }
  actor->held.tells();  // one who sends learns that somebody has received
  actor->held.trail().set_last(EventKind::chan_received, channel, pc);
  return true;
}

}  // namespace sluice::checked
