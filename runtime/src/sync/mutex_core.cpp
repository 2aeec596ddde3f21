#include "sluice/detail/mutex_core.hpp"

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "sched/park.hpp"

namespace sluice::detail {
namespace {

// Go's numbers (sync/mutex.go): a waiter that fails after this long makes the lock starving, so
// that it is handed over.
constexpr std::int64_t kStarvingAfter = 1'000'000;
// A short section on another worker ends sooner than a park would: spin so many times first.
constexpr int kSpins = 4;
constexpr int kPausesPerSpin = 30;

}  // namespace

bool MutexCore::try_lock() noexcept {
  std::uint32_t state = state_.load(std::memory_order_relaxed);
  while ((state & (kLocked | kStarving)) == 0) {
    if (state_.compare_exchange_weak(state, state | kLocked, std::memory_order_acquire,
                                     std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

void MutexCore::lock_slow(WaitReason reason) noexcept {
  Waiter waiter;
  waiter.goroutine = self();
  std::uint32_t woken = 0;  // kWoken while it is this goroutine that the bit stands for
  std::uint32_t starving = 0;
  int spins = parallelism() > 1 ? kSpins : 0;
  for (;;) {
    std::uint32_t state = state_.load(std::memory_order_relaxed);
    if ((state & (kLocked | kStarving)) == 0) {
      if (state_.compare_exchange_weak(state, (state | kLocked) & ~woken, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
        return;
      }
      continue;
    }
    if (spins-- > 0 && (state & kStarving) == 0) {
      for (int i = 0; i < kPausesPerSpin; ++i) base::pause();
      continue;
    }
    base::spin_lock(queue_.lock);
    state = state_.load(std::memory_order_relaxed);
    bool queued = false;
    while (!queued && (state & (kLocked | kStarving)) != 0) {
      queued = state_.compare_exchange_weak(state, (state & ~woken) | kWaiting | starving,
                                            std::memory_order_relaxed, std::memory_order_relaxed);
    }
    if (!queued) {  // it has become free; M1 holds, since nothing was changed
      base::spin_unlock(queue_.lock);
      continue;
    }
    if (woken != 0) {
      enqueue_front(queue_, waiter);  // keeps its turn
    } else {
      waiter.since = decision_time();
      enqueue(queue_, waiter);
    }
    park(reason, queue_.lock);
    if (waiter.granted) return;
    woken = kWoken;
    if (decision_time() - waiter.since > kStarvingAfter) starving = kStarving;
  }
}

bool MutexCore::unlock_slow() noexcept {
  std::uint32_t state = state_.load(std::memory_order_relaxed);
  do {
    if ((state & kLocked) == 0) return false;
    if ((state & kStarving) != 0 || ((state & kWaiting) != 0 && (state & kWoken) == 0)) break;
    // Nobody waits, or somebody who has been woken will come.
    if (state_.compare_exchange_weak(state, state & ~kLocked, std::memory_order_release,
                                     std::memory_order_relaxed)) {
      return true;
    }
  } while (true);

  base::spin_lock(queue_.lock);
  state = state_.load(std::memory_order_relaxed);
  Waiter* first = dequeue(queue_);
  const std::uint32_t drained = queue_.head == nullptr ? kWaiting : 0;
  if (first == nullptr) {  // all waiters belonged to a run that has ended
    state_.fetch_and(~(kLocked | kWaiting | kStarving | kWoken), std::memory_order_release);
    base::spin_unlock(queue_.lock);
    return true;
  }
  Goroutine* next = first->goroutine;
  if ((state & kStarving) != 0) {
    const bool calm = drained != 0 || decision_time() - first->since < kStarvingAfter;
    first->granted = true;
    state_.fetch_and(~(drained | (calm ? kStarving : 0)), std::memory_order_release);
    base::spin_unlock(queue_.lock);
  } else {
    state_.fetch_or(kWoken, std::memory_order_relaxed);
    if (drained != 0) state_.fetch_and(~drained, std::memory_order_relaxed);
    base::spin_unlock(queue_.lock);
    state_.fetch_and(~kLocked, std::memory_order_release);  // M3
  }
  ready(next);
  return true;
}

}  // namespace sluice::detail
