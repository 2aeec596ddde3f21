// Taking and freeing a lock while an observer listens; shared by every kind of lock.
#pragma once

#include "sched/park.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::detail {

// `try_now` takes the lock if it is free; `wait` takes it, parking.
template <class TryNow, class Wait>
void lock_observed(const ObjectRef& object, WaitReason reason, const CallSite& site, TryNow try_now,
                   Wait wait) {
  const PreemptionPoints around;
  if (try_now()) return emit_frequent(EventKind::lock_taken, object, site);
  emit(EventKind::lock_request, object, site);
  {
    const ParkScope waiting(reason, {&object, 1}, site);
    wait();
  }
  emit(EventKind::lock_acquired, object, site);
}

}  // namespace sluice::detail
