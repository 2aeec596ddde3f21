#include "sluice/cond.hpp"

#include "sched/park.hpp"

namespace sluice {

using namespace detail;

namespace {

// Told before it is done: afterwards a waiter may have destroyed the object.
std::int64_t waiters(WaitQueue& queue) noexcept {
  std::int64_t count = 0;
  base::spin_lock(queue.lock);
  for (const Waiter* each = queue.head; each != nullptr; each = each->next) ++count;
  base::spin_unlock(queue.lock);
  return count;
}

}  // namespace

ObjectRef Cond::object() noexcept { return {this, &tag_, ObjectKind::cond}; }

void Cond::created() noexcept {
  if (observed()) emit(EventKind::created, object(), SLUICE_CALL_SITE());
}

Cond::~Cond() {
  if (observed()) emit(EventKind::destroyed, object(), SLUICE_CALL_SITE(), queue_.head != nullptr);
}

// Queues while the caller still holds its lock: a notification after the lock is freed finds it.
void Cond::enqueue(Waiter& waiter, const void* lock) noexcept {
  waiter.goroutine = self();
  if (observed()) {
    preemption_point();
    const ObjectRef objects[] = {object(), {lock, nullptr, ObjectKind::none, AccessMode::none}};
    const CallSite site = SLUICE_CALL_SITE();
    Event event;
    event.kind = EventKind::cond_wait;
    event.doer = waiter.goroutine;
    event.objects = objects;
    event.pc = site.pc;
    event.frame = site.frame;
    emit(event);
  }
  base::spin_lock(queue_.lock);
  detail::enqueue(queue_, waiter);
  base::spin_unlock(queue_.lock);
}

// The notification may have come between enqueue and here: then there is nothing to wait for.
void Cond::park(Waiter& waiter) noexcept {
  const ObjectRef cond = object();
  const ParkScope waiting(WaitReason::cond_wait, {&cond, 1}, SLUICE_CALL_SITE());
  base::spin_lock(queue_.lock);
  if (waiter.granted) {
    base::spin_unlock(queue_.lock);
    return;
  }
  waiter.parked = true;
  detail::park(WaitReason::cond_wait, queue_.lock);
}

// A notification that has come to it in between goes to the next one.
void Cond::leave(Waiter& waiter) noexcept {
  base::spin_lock(queue_.lock);
  const bool granted = waiter.granted;
  if (!granted) remove(queue_, waiter);
  base::spin_unlock(queue_.lock);
  if (granted) notify_one();
}

void Cond::notify_one() noexcept {
  if (observed()) emit(EventKind::cond_notify, object(), SLUICE_CALL_SITE(), waiters(queue_) > 0);
  base::spin_lock(queue_.lock);
  Waiter* waiter = dequeue(queue_);
  Goroutine* parked = nullptr;
  if (waiter != nullptr) {
    waiter->granted = true;
    if (waiter->parked) parked = waiter->goroutine;
  }
  base::spin_unlock(queue_.lock);
  if (parked != nullptr) ready(parked);
}

void Cond::notify_all() noexcept {
  if (observed()) emit(EventKind::cond_notify, object(), SLUICE_CALL_SITE(), waiters(queue_));
  WaitQueue woken;
  base::spin_lock(queue_.lock);
  while (Waiter* waiter = dequeue(queue_)) {
    waiter->granted = true;
    if (waiter->parked) detail::enqueue(woken, *waiter);
  }
  base::spin_unlock(queue_.lock);
  while (Waiter* waiter = dequeue(woken)) ready(waiter->goroutine);
}

}  // namespace sluice
