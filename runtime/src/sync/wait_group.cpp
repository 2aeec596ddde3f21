#include "sluice/wait_group.hpp"

#include "sched/park.hpp"
#include "sluice/panic.hpp"

namespace sluice {

using namespace detail;

namespace {

constexpr int kCountShift = 32;
constexpr std::uint64_t kOneWaiter = 1;

std::int32_t count_of(std::uint64_t state) noexcept {
  return static_cast<std::int32_t>(state >> kCountShift);
}
std::uint32_t waiters_of(std::uint64_t state) noexcept { return static_cast<std::uint32_t>(state); }

}  // namespace

ObjectRef WaitGroup::object() noexcept { return {this, &tag_, ObjectKind::wait_group}; }

void WaitGroup::created() noexcept {
  if (observed()) emit(EventKind::created, object(), SLUICE_CALL_SITE());
}

WaitGroup::~WaitGroup() {
  if (!observed()) return;
  const bool in_use = state_.load(std::memory_order_relaxed) != 0;
  emit(EventKind::destroyed, object(), SLUICE_CALL_SITE(), in_use);
}

void WaitGroup::add(int delta) {
  if (observed()) emit(EventKind::wait_group_add, object(), SLUICE_CALL_SITE(), delta);
  apply(delta);
}

void WaitGroup::done() {
  if (observed()) emit(EventKind::wait_group_add, object(), SLUICE_CALL_SITE(), -1);
  apply(-1);
}

// When the count reaches zero with somebody waiting, those are parked until readied here, so the
// object lives until the queue is unlocked. With nobody waiting the addition is the last access.
void WaitGroup::apply(std::int32_t delta) {
  const std::uint64_t addend = static_cast<std::uint64_t>(static_cast<std::int64_t>(delta))
                               << kCountShift;
  const std::uint64_t state = state_.fetch_add(addend, std::memory_order_acq_rel) + addend;
  const std::int32_t count = count_of(state);
  if (count < 0) throw_panic("sync: negative WaitGroup counter");
  if (waiters_of(state) == 0) return;
  if (delta > 0 && count == delta)
    throw_panic("sync: WaitGroup misuse: Add called concurrently with Wait");
  if (count > 0) return;
  base::spin_lock(queue_.lock);
  if (state_.load(std::memory_order_relaxed) != state) {
    base::spin_unlock(queue_.lock);
    throw_panic("sync: WaitGroup misuse: Add called concurrently with Wait");
  }
  // Release: a waiter that comes now need not meet the additions that led here.
  state_.store(0, std::memory_order_release);
  WaitQueue released;
  while (Waiter* waiter = dequeue(queue_)) enqueue(released, *waiter);
  base::spin_unlock(queue_.lock);
  while (Waiter* waiter = dequeue(released)) ready(waiter->goroutine);
}

void WaitGroup::wait() {
  const ObjectRef group = object();
  const CallSite site = SLUICE_CALL_SITE();
  const PreemptionPoints around;
  if (observed()) emit(EventKind::wait_group_wait, group, site);
  if (count_of(state_.load(std::memory_order_acquire)) == 0) return;
  const ParkScope waiting(WaitReason::wait_group_wait, {&group, 1}, site);
  // Counted and queued under one lock: whoever brings the count to zero finds all that are counted.
  base::spin_lock(queue_.lock);
  std::uint64_t state = state_.load(std::memory_order_acquire);
  do {
    if (count_of(state) == 0) {
      base::spin_unlock(queue_.lock);
      return;
    }
  } while (!state_.compare_exchange_weak(state, state + kOneWaiter, std::memory_order_acq_rel,
                                         std::memory_order_acquire));
  Waiter waiter;
  waiter.goroutine = self();
  enqueue(queue_, waiter);
  park(WaitReason::wait_group_wait, queue_.lock);
}

void WaitGroup::count(Goroutine* fresh) {
  try {
    if (observed()) emit(EventKind::wait_group_add, object(), SLUICE_CALL_SITE(), 1);
    apply(1);
  } catch (...) {
    discard_goroutine(fresh);
    throw;
  }
}

void WaitGroup::bind(Goroutine* fresh) noexcept {
  if (!observed()) return;
  const ObjectRef group = object();
  Event event;
  event.kind = EventKind::wait_group_bind;
  event.doer = self();
  event.other = fresh;
  event.objects = {&group, 1};
  emit(event);
}

}  // namespace sluice
