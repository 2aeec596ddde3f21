// All moments that somebody waits for, ordered. Knows nothing of what happens then.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace sluice::detail {

// One moment. It must stay where it is while it is in a heap or firing.
struct TimerNode {
  std::int64_t due = 0;
  void (*fire)(TimerNode& node) =
      nullptr;  // called on a worker with nothing held; the node is out of the heap then
  // Called when the run has ended before the moment; null: nothing is to be done then.
  void (*drop)(TimerNode& node) = nullptr;
  bool outlives_run =
      false;  // a foreign thread waits for it, and goes on waiting when the run has ended
  std::uint32_t shard = 0;
  std::uint32_t index = 0;  // in the heap, from 1; 0: not in it. Guarded by the shard's lock.
  base::Atomic<std::uint32_t> firing{0};  // how often taken out to be fired, and not done yet
};

// Adds a node whose `due` and `fire` are set; wakes a sleeper that would sleep past it.
void timer_add(TimerNode& node) noexcept;
// Takes it out. False: it was not in; if it is about to fire, or firing, it will have fired when
// wait_fired returns.
bool timer_remove(TimerNode& node) noexcept;
// Returns once nobody touches the node any more.
void timer_wait_fired(const TimerNode& node) noexcept;

// For the scheduler: see IdleSource.
std::int64_t timers_next_due() noexcept;
void timers_poll(std::int64_t now) noexcept;
void timers_clear() noexcept;

}  // namespace sluice::detail
