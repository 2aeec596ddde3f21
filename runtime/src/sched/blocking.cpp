// A goroutine that is about to block its thread gives its worker's place to others, and wins one
// back afterwards.
#include "sched/park.hpp"
#include "sched/scheduler.hpp"
#include "sluice/detail/fd_wait.hpp"
#include "sluice/go.hpp"

namespace sluice::detail {

void enter_blocking() noexcept {
  Worker* worker = this_worker();
  if (worker == nullptr) return;
  ++worker->current->blocking;
  Phase expected = Phase::running;
  // Detached already when this is nested, or when the monitor was quicker.
  if (!worker->phase.compare_exchange_strong(expected, Phase::detached, std::memory_order_acq_rel))
    return;
  worker->scheduler.detached();
}

void leave_blocking() noexcept {
  Worker* worker = this_worker();
  if (worker == nullptr) return;
  --worker->current->blocking;
  if (worker->phase.load(std::memory_order_relaxed) != Phase::detached) return;
  if (worker->scheduler.attach()) {
    worker->phase.store(Phase::running, std::memory_order_release);
  } else {
    yield_now();
  }
}

bool may_park() noexcept {
  const Goroutine* goroutine = running_goroutine();
  return goroutine != nullptr && goroutine->blocking == 0 && !Scheduler::forked();
}

}  // namespace sluice::detail

namespace sluice {

void yield() noexcept { detail::yield_now(); }

}  // namespace sluice
