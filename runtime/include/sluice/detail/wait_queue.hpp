// The queue of parked goroutines that every sync object carries. Only its layout is here, so that
// objects can be initialised at compile time; the operations live in the runtime.
#pragma once

#include <cstdint>

#include "sluice/detail/atomic.hpp"

namespace sluice::detail {

struct Goroutine;

// One place in one queue; it lives on the stack of the goroutine that waits. All fields belong to
// the queue's lock.
struct Waiter {
  Goroutine* goroutine = nullptr;
  Waiter* next = nullptr;
  Waiter* prev = nullptr;
  std::int64_t since = 0;   // nanoseconds; when it first queued, for the mutex's starvation rule
  std::uint32_t units = 0;  // what it asks for: a semaphore's units, a lock's mode
  bool queued = false;
  bool granted = false;  // the waker gave it what it waits for, rather than a hint to try again
  bool parked = false;   // Cond: has gone to sleep, must be readied
};

struct WaitQueue {
  Atomic<std::uint32_t> lock{0};
  Waiter* head = nullptr;
  Waiter* tail = nullptr;
};

}  // namespace sluice::detail
