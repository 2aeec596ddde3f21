// In line, what an operation asks first while an observer listens: who runs here, and whether
// others may go first. For the beginning of a function only, before anything that may park: a
// compiler may keep the address of a thread-local, which is another one on another thread.
#pragma once

#include "base/sanitizers.hpp"
#include "sched/worker.hpp"

namespace sluice::detail {

// The bodies of the two functions below.
[[gnu::always_inline]] SLUICE_THREAD_CONFINED inline Goroutine* current_of_thread() noexcept {
  return t_current;
}
[[gnu::always_inline]] SLUICE_THREAD_CONFINED inline Goroutine* stays_at_both_points() noexcept {
  Goroutine* goroutine = t_current;
  if (goroutine == nullptr) return nullptr;
  const Worker* worker = t_worker;
  const bool stays = worker->shuffle == nullptr ||
                     worker->shuffle->stays_twice(goroutine->chance, worker->shuffled.best());
  return stays ? goroutine : nullptr;
}

// current_here: null on a thread that runs no goroutine. pass_both_points is the quick way through
// both points of one operation: the running goroutine, when nobody goes first at either; else null,
// and neither is passed.
#if SLUICE_TSAN
// Not in line: ThreadSanitizer would take what the goroutines of one thread do to its variables for
// races.
Goroutine* current_here() noexcept;
Goroutine* pass_both_points() noexcept;
#else
[[gnu::always_inline]] inline Goroutine* current_here() noexcept { return current_of_thread(); }
[[gnu::always_inline]] inline Goroutine* pass_both_points() noexcept {
  return stays_at_both_points();
}
#endif

// After pass_both_points: the second one is still to come.
void take_back_point() noexcept;

}  // namespace sluice::detail
