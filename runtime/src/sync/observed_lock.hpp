// Taking and freeing a lock while an observer listens; shared by every kind of lock. What is usual
// is told in short form, in line, and needs few registers; what is not goes elsewhere.
#pragma once

#include "sched/park.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::detail {

template <class MakeObject>
[[gnu::noinline]] void tell_whole(EventKind kind, MakeObject object, const void* pc,
                                  const void* frame) noexcept {
  emit(kind, object(), {pc, frame});
}

// `object()` refers to the lock, which has the tag.
template <class MakeObject>
[[gnu::always_inline]] inline void tell_lock_taken(Goroutine& doer, ObjectTag& tag, LockUse use,
                                                   const void* pc, const void* frame,
                                                   MakeObject object) noexcept {
  Observer* to = observer();
  const std::uint32_t id = tag.id.load(std::memory_order_acquire);
  if (to == nullptr || (id != 0 && to->lock_taken(doer, id, use, pc, frame))) return;
  tell_whole(EventKind::lock_taken, object, pc, frame);
}
template <class MakeObject>
[[gnu::always_inline]] inline void tell_lock_released(ObjectTag& tag, LockUse use, const void* pc,
                                                      const void* frame,
                                                      MakeObject object) noexcept {
  Goroutine* doer = self();  // the first, as what follows need not be kept then
  Observer* to = observer();
  const std::uint32_t id = tag.id.load(std::memory_order_acquire);
  if (to == nullptr || (id != 0 && to->lock_released(*doer, id, use, pc))) return;
  tell_whole(EventKind::lock_released, object, pc, frame);
}

// Not free when it was tried for: waits for it.
template <class MakeObject, class Wait>
[[gnu::noinline]] void wait_observed(MakeObject object, WaitReason reason, const void* pc,
                                     const void* frame, Wait wait) {
  const ObjectRef lock = object();
  const CallSite site{pc, frame};
  emit(EventKind::lock_request, lock, site);
  {
    const ParkScope waiting(reason, {&lock, 1}, site);
    wait();
  }
  emit(EventKind::lock_acquired, lock, site);
  preemption_point();
}

// Others may go first. False: it was not free then.
template <class MakeObject, class TryNow>
[[gnu::noinline]] bool lock_giving_way(ObjectTag& tag, LockUse use, const void* pc,
                                       const void* frame, MakeObject object, TryNow try_now) {
  preemption_point();
  if (!try_now()) return false;
  tell_lock_taken(*self(), tag, use, pc, frame, object);
  preemption_point();
  return true;
}

// `try_now` takes the lock if it is free; `wait` takes it, parking. Whoever waits does so by one
// way, so that the stacks of those who wait at one place are equal.
template <class MakeObject, class TryNow, class Wait>
[[gnu::always_inline]] inline void lock_observed(ObjectTag& tag, LockUse use, WaitReason reason,
                                                 const void* pc, const void* frame,
                                                 MakeObject object, TryNow try_now, Wait wait) {
  if (Goroutine* doer = pass_both_points()) {
    if (try_now()) return tell_lock_taken(*doer, tag, use, pc, frame, object);
    take_back_point();
  } else if (lock_giving_way(tag, use, pc, frame, object, try_now)) {
    return;
  }
  wait_observed(object, reason, pc, frame, wait);
}

}  // namespace sluice::detail
