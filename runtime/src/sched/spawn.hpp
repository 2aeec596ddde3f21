// Making goroutines without starting them; the rest is behind go().
#pragma once

#include "sched/goroutine.hpp"
#include "sched/park.hpp"
#include "sluice/go.hpp"

namespace sluice::detail {

class Scheduler;

// `here`: this thread's worker, or null. Throws std::bad_alloc, or Panic for a stack size or
// closure that can't be.
Goroutine* make_goroutine(Scheduler& scheduler, Worker* here, const ClosureType& type,
                          const GoOptions* options);

// The last thing that a goroutine does; called on its own stack, with nothing on it left to be
// destroyed.
[[noreturn]] void end_goroutine(Goroutine* goroutine, ExitKind kind) noexcept;

}  // namespace sluice::detail
