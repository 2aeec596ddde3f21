#include "sched/idle.hpp"

#include <utility>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/futex.hpp"

namespace sluice::detail {

void Idle::wake(Sleeper& worker) noexcept {
  const bool listens = worker.listens;  // it may lie down anew as soon as the word is set
  worker.wake.store(1, std::memory_order_release);
  base::futex_wake(worker.wake, 1);
  if (listens) interrupt_wait();
}

Sleeper* Idle::pop_idle() noexcept {
  idle_lock_.lock();
  Sleeper* worker = idle_;
  if (worker != nullptr) {
    idle_ = worker->next_idle;
  } else {
    worker = std::exchange(listener_, nullptr);
  }
  idle_lock_.unlock();
  return worker;
}

void Idle::wake_all() noexcept {
  while (Sleeper* worker = pop_idle()) wake(*worker);
}

// Takes a place first, then finds a worker for it, so that two callers never wake two workers for
// one place.
void Idle::wake_one() noexcept {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  do {
    const Places seen = places(state);
    if (seen.searching > 0 || seen.active >= limit_.load(std::memory_order_relaxed) || stopping())
      return;
  } while (!state_.compare_exchange_weak(state, state + kActive + kSearching,
                                         std::memory_order_seq_cst));
  if (places(state).active == 0) first_awake();
  if (Sleeper* worker = pop_idle()) {
    wake(*worker);
  } else if (!start_worker()) {
    state_.fetch_sub(kActive + kSearching, std::memory_order_seq_cst);
  }
}

// A place is free.
void Idle::offer_place(bool is_needed) noexcept {
  if (is_needed) {
    wake_one();
  } else {
    found_nothing();
  }
}

// At most half of the places search at any time: more would only compete with each other.
bool Idle::may_search() const noexcept {
  const Places seen = places(state_.load(std::memory_order_relaxed));
  return 2 * seen.searching < limit_.load(std::memory_order_relaxed);
}

// The last searcher that finds work starts the next one: where there was some there may be more.
// When there is none, nobody who searches looks at what comes due.
void Idle::stop_searching() noexcept {
  const Places before = places(state_.fetch_sub(kSearching, std::memory_order_seq_cst));
  SLUICE_ASSERT(before.searching > 0);
  if (before.searching > 1 || before.active >= limit_.load(std::memory_order_relaxed)) return;
  offer_place(any_work());
}

void Idle::sleep(Sleeper& worker, Holds holds) noexcept {
  for (;;) {
    lie_down(worker);
    let_go(holds);
    if (!worker.listens) break;
    if (listen(worker)) return;
    holds = Holds::nothing;
  }
  while (worker.wake.load(std::memory_order_acquire) == 0 && !stopping()) {
    base::futex_wait(worker.wake, 0, base::kNever);
  }
}

void Idle::lie_down(Sleeper& worker) noexcept {
  worker.wake.store(0, std::memory_order_relaxed);
  idle_lock_.lock();
  worker.listens = unheard();
  if (worker.listens) {
    listening_.store(true, std::memory_order_seq_cst);
    listener_ = &worker;
  } else {
    worker.next_idle = idle_;
    idle_ = &worker;
  }
  idle_lock_.unlock();
}

// True as sleep returns; false: what happened is delivered, and there was no place for this worker.
bool Idle::listen(Sleeper& worker) noexcept {
  EventBatch batch;
  while (batch.count == 0 && worker.wake.load(std::memory_order_acquire) == 0 && !stopping()) {
    wait_for_events(batch);
  }
  const bool has_place = rise(worker);
  if (batch.count > 0) deliver(worker, batch, has_place);
  return has_place || stopping();
}

// The listener gets up. Somebody who is about to give it a place must be waited for.
bool Idle::rise(Sleeper& worker) noexcept {
  idle_lock_.lock();
  const bool by_itself = listener_ == &worker;
  if (by_itself) listener_ = nullptr;
  listening_.store(false, std::memory_order_seq_cst);
  idle_lock_.unlock();
  if (by_itself) return take_place();
  while (worker.wake.load(std::memory_order_acquire) == 0) {
    base::futex_wait(worker.wake, 0, base::kNever);
  }
  return true;
}

bool Idle::take_place() noexcept {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  do {
    if (places(state).active >= limit_.load(std::memory_order_relaxed)) return false;
  } while (!state_.compare_exchange_weak(state, state + kActive + kSearching,
                                         std::memory_order_seq_cst));
  if (places(state).active == 0) first_awake();
  return true;
}

void Idle::event_awaited() noexcept {
  base::fence(std::memory_order_seq_cst);
  const Places seen = places(state_.load(std::memory_order_relaxed));
  if (seen.active == 0 && unheard()) wake_one();
}

// The sleeper's side of S3 and S4; what is woken may be the caller itself.
void Idle::let_go(Holds holds) noexcept {
  constexpr std::uint64_t of[] = {0, kDetached, kActive, kActive + kSearching};
  state_.fetch_sub(of[static_cast<int>(holds)], std::memory_order_seq_cst);
  base::fence(std::memory_order_seq_cst);
  offer_place(any_work() || unheard());
}

void Idle::joins_detached() noexcept {
  const Places before = places(state_.fetch_add(kDetached, std::memory_order_seq_cst));
  if (before.active == 0) first_awake();
}

void Idle::detached() noexcept {
  state_.fetch_add(kDetached - kActive, std::memory_order_seq_cst);
  base::fence(std::memory_order_seq_cst);
  offer_place(any_work());
}

void Idle::place_taken() noexcept {
  state_.fetch_add(kDetached - kActive, std::memory_order_seq_cst);
  base::asymmetric_fence_heavy();
  if (any_work()) wake_one();
}

bool Idle::attach() noexcept {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  do {
    if (places(state).active >= limit_.load(std::memory_order_relaxed)) return false;
  } while (
      !state_.compare_exchange_weak(state, state + kActive - kDetached, std::memory_order_seq_cst));
  return true;
}

bool Idle::give_up_excess_place() noexcept {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  do {
    if (places(state).active <= limit_.load(std::memory_order_relaxed)) return false;
  } while (!state_.compare_exchange_weak(state, state - kActive, std::memory_order_seq_cst));
  return true;
}

void Idle::set_limit(int limit) noexcept {
  limit_.store(static_cast<std::uint32_t>(limit), std::memory_order_seq_cst);
  base::asymmetric_fence_heavy();
  submitted();
}

bool Idle::any_awake() const noexcept {
  const Places seen = places(state_.load(std::memory_order_seq_cst));
  return seen.active > 0 || seen.detached > 0;
}

}  // namespace sluice::detail
