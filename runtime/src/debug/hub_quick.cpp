// The events that programs tell most, in their short form: what is known already is dealt with in a
// few instructions. Stores cost the most there, as the locked instruction of the lock waits for
// them: what is not needed is not written, and calls come last, so that no register is saved.
#include <bit>
#include <cstddef>
#include <cstring>

#include "debug/hub_parts.hpp"

namespace sluice::checked {

using detail::AccessMode;
using detail::Actor;
using detail::EventKind;
using detail::LockUse;
using detail::ObjectKind;

namespace {

// Null: it is new, or there is more to it.
[[gnu::always_inline]] inline ActorState* usual(const Actor& doer) {
  auto* actor = static_cast<ActorState*>(doer.observer_state);
  return actor != nullptr && actor->unusual == 0 ? actor : nullptr;
}

// In two stores.
[[gnu::always_inline]] inline void set_last(ActorState& actor, EventKind kind, ObjectId object,
                                            const void* pc) {
  static_assert(offsetof(LastCall, reason) == 1 && offsetof(LastCall, object) == 4);
  static_assert(std::endian::native == std::endian::little);
  const std::uint64_t first = static_cast<std::uint64_t>(object) << 32 |
                              static_cast<std::uint64_t>(detail::WaitReason::none) << 8 |
                              static_cast<std::uint64_t>(kind);
  std::memcpy(static_cast<void*>(&actor.last), &first, sizeof first);
  actor.last.pc = pc;
}

// The entry says already what is to be said of the lock.
[[gnu::always_inline]] inline void take_again(ActorState& actor, HeldLock& held, ObjectId lock,
                                              LockUse use, const void* pc) noexcept {
  actor.held.push_again(held);
  set_last(actor, EventKind::lock_taken, lock, pc);
  if (use.mode == AccessMode::exclusive) {
    held.record->owner.store(&actor, std::memory_order_release);
  }
}

}  // namespace

// Mostly a goroutine takes the lock that it took last with so many held, and at the same place:
// then its entry says so already.
bool Hub::lock_taken(Actor& doer, ObjectId lock, LockUse use, const void* pc,
                     const void* frame) noexcept {
  ActorState* actor = usual(doer);
  if (actor == nullptr) return false;
  if (!actor->held.empty()) return taken_beside(doer, lock, use, pc, frame);
  HeldLock* held = actor->held.next();
  if (held == nullptr || !held->is(HeldLock::what_of(lock, use.mode), pc, frame) ||
      parts_->not_again) {
    return taken_anew(doer, lock, use, pc, frame);
  }
  take_again(*actor, *held, lock, use, pc);
  return true;
}

// Under other locks: only if it has been asked for under the same ones before.
[[gnu::noinline]] bool Hub::taken_beside(Actor& doer, ObjectId lock, LockUse use, const void* pc,
                                         const void* frame) noexcept {
  auto* actor = static_cast<ActorState*>(doer.observer_state);
  Parts& parts = *parts_;
  HeldLock* held = actor->held.next();
  if (held == nullptr || !held->is(HeldLock::what_of(lock, use.mode), pc, frame) ||
      parts.not_again || !parts.checks || parts.books.objects.any_ranks() ||
      !LockOrder::known(actor->held.known_hash(), *actor, lock, use.mode)) {
    return taken_anew(doer, lock, use, pc, frame);
  }
  take_again(*actor, *held, lock, use, pc);
  return true;
}

[[gnu::noinline]] bool Hub::taken_anew(Actor& doer, ObjectId lock, LockUse use, const void* pc,
                                       const void* frame) noexcept {
  auto& actor = *static_cast<ActorState*>(doer.observer_state);
  Parts& parts = *parts_;
  if (!parts.may_be_quick) return false;
  const bool exclusive = use.mode == AccessMode::exclusive;
  if (use.kind == ObjectKind::rw_mutex && exclusive) return false;
  if (!actor.held.empty()) {
    if (parts.books.objects.any_ranks()) return false;
    const bool usual = parts.checks ? LockOrder::known(actor.held.hash(), actor, lock, use.mode)
                                    : actor.held.find(lock) == nullptr;
    if (!usual) return false;
  }
  ObjectRecord& record = parts.books.objects.alive(lock);
  HeldLock& held = actor.held.push(lock, use.mode, record);
  set_last(actor, EventKind::lock_taken, lock, pc);
  if (exclusive) record.owner.store(&actor, std::memory_order_release);
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
  HeldLock* held = actor->held.last(lock, use.mode);
  if (held == nullptr) return false;
  set_last(*actor, EventKind::lock_released, lock, pc);
  if (use.mode == AccessMode::exclusive) held->record->freed();
  actor->held.pop();
  return true;
}

bool Hub::chan_send(Actor& doer, ObjectId channel, const void* pc) noexcept {
  ActorState* actor = usual(doer);
  if (actor == nullptr) return false;
  if (parts_->checks && !actor->time.has_told(channel)) return false;
  actor->held.sends();
  set_last(*actor, EventKind::chan_send, channel, pc);
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
  set_last(*actor, EventKind::chan_received, channel, pc);
  return true;
}

}  // namespace sluice::checked
