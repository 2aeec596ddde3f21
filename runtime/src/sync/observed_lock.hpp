// Taking and freeing a lock while an observer listens; shared by every kind of lock. What was done
// just so before is noted in line, with few stores and no call; all else goes elsewhere.
//
// A lock is described by a small object, which is passed by value:
//
//   static constexpr LockUse kUse;        the kind of lock, and how it is used
//   static constexpr WaitReason kReason;
//   LockTag& tag() const;
//   ObjectRef object() const;
//   bool try_fast() const;                takes it, if that is done with one instruction
//   bool try_now() const;                 takes it if it is free
//   void wait() const;                    takes it, parking
//   void free() const;
#pragma once

#include "sched/park.hpp"
#include "sched/points.hpp"
#include "sluice/detail/lock_trail.hpp"

namespace sluice::detail {

template <class Lock>
[[gnu::noinline]] void tell_whole(Lock lock, EventKind kind, const void* pc,
                                  const void* frame) noexcept {
  emit(kind, lock.object(), {pc, frame});
}

// The observer has been told that `doer` has the lock.
template <class Lock>
void note_taker(Lock lock, const Goroutine& doer) noexcept {
  if (Lock::kUse.mode != AccessMode::exclusive) return;
  lock.tag().taker.store(doer.trail != nullptr ? doer.trail->number : 0, std::memory_order_relaxed);
}

// It was taken, or is about to be freed, in another way than last time.
template <class Lock>
[[gnu::noinline]] void tell_lock_taken(Lock lock, Goroutine& doer, const void* pc,
                                       const void* frame) noexcept {
  Observer* to = observer();
  if (to == nullptr) return;
  const std::uint32_t id = lock.tag().id.load(std::memory_order_acquire);
  if (id == 0 || !to->lock_taken(doer, id, Lock::kUse, pc, frame)) {
    tell_whole(lock, EventKind::lock_taken, pc, frame);
  }
  note_taker(lock, doer);
}
template <class Lock>
[[gnu::noinline]] void tell_lock_released(Lock lock, const void* pc, const void* frame) noexcept {
  lock.tag().taker.store(0, std::memory_order_relaxed);
  Observer* to = observer();
  const std::uint32_t id = lock.tag().id.load(std::memory_order_acquire);
  if (to == nullptr || (id != 0 && to->lock_released(*self(), id, Lock::kUse, pc))) return;
  tell_whole(lock, EventKind::lock_released, pc, frame);
}
// Tried for, and got.
template <class Lock>
[[gnu::noinline]] void tell_lock_tried(Lock lock, const CallSite& site) noexcept {
  emit(EventKind::lock_try_acquired, lock.object(), site);
  note_taker(lock, *self());
}

// Not free when it was tried for: waits for it.
template <class Lock>
[[gnu::noinline]] void wait_observed(Lock lock, const void* pc, const void* frame) {
  const ObjectRef object = lock.object();
  const CallSite site{pc, frame};
  emit(EventKind::lock_request, object, site);
  {
    const ParkScope waiting(Lock::kReason, {&object, 1}, site);
    lock.wait();
  }
  emit(EventKind::lock_acquired, object, site);
  note_taker(lock, *self());
  preemption_point();
}

// Others may go first. False: it was not free then.
template <class Lock>
[[gnu::noinline]] bool lock_giving_way(Lock lock, const void* pc, const void* frame) {
  preemption_point();
  if (!lock.try_now()) return false;
  tell_lock_taken(lock, *self(), pc, frame);
  preemption_point();
  return true;
}

// `doer` is null when others may go first; else both points are passed, and `taken` says whether
// the lock is taken.
template <class Lock>
[[gnu::noinline]] void lock_unusually(Lock lock, Goroutine* doer, bool taken, const void* pc,
                                      const void* frame) {
  if (doer != nullptr) {
    if (taken && doer->trail != nullptr &&
        doer->trail->take_unlike(lock.tag(), Lock::kUse, pc, frame)) {
      return;
    }
    if (taken || lock.try_now()) return tell_lock_taken(lock, *doer, pc, frame);
    take_back_point();
  } else if (lock_giving_way(lock, pc, frame)) {
    return;
  }
  // Whoever waits does so by one way, so that the stacks of those who wait at one place are equal.
  wait_observed(lock, pc, frame);
}

template <class Lock>
[[gnu::always_inline]] inline void lock_observed(Lock lock, const void* pc, const void* frame) {
  // The caller's frame pointer is to be on the stack, below the return address: Site looks there.
  asm volatile("" : : "r"(__builtin_frame_address(0)));
  Goroutine* doer = pass_both_points();
  const bool taken = doer != nullptr && lock.try_fast();
  if (taken && doer->trail != nullptr &&
      doer->trail->take_again(lock.tag(), Lock::kUse, pc, frame)) {
    return;
  }
  lock_unusually(lock, doer, taken, pc, frame);
}

template <class Lock>
[[gnu::noinline]] void free_telling(Lock lock, const void* pc, const void* frame) {
  tell_lock_released(lock, pc, frame);
  lock.free();
}

template <class Lock>
[[gnu::always_inline]] inline void unlock_observed(Lock lock, const void* pc, const void* frame) {
  const Goroutine* doer = current_here();
  if (doer == nullptr || doer->trail == nullptr ||
      !doer->trail->free_last(lock.tag(), Lock::kUse, pc)) {
    return free_telling(lock, pc, frame);
  }
  lock.free();
}

}  // namespace sluice::detail
