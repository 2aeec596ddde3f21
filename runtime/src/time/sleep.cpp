#include <algorithm>

#include "base/clock.hpp"
#include "sched/park.hpp"
#include "sluice/time.hpp"
#include "time/due.hpp"
#include "time/timer_heap.hpp"

namespace sluice {

using namespace detail;

namespace {

struct Sleeper : TimerNode {
  Goroutine* goroutine = nullptr;
};

// A thread of the program's own needs no timer.
void block_thread(std::int64_t due) noexcept {
  for (std::int64_t now = base::now(); now < due; now = base::now()) base::sleep_for(due - now);
}

void sleep_until_ns(std::int64_t due, const CallSite& site) noexcept {
  Sleeper sleeper;
  sleeper.due = due;
  sleeper.goroutine = self();
  if (sleeper.goroutine->foreign) return block_thread(due);
  // The sleeper is gone as soon as its goroutine runs: nothing of it is touched after ready.
  sleeper.fire = [](TimerNode& node) { ready(static_cast<Sleeper&>(node).goroutine); };
  const ParkScope waiting(WaitReason::sleep, {}, site, due);
  park(
      WaitReason::sleep, [](void* node) { timer_add(*static_cast<TimerNode*>(node)); },
      static_cast<TimerNode*>(&sleeper));
}

}  // namespace

void sleep_for(Duration d) noexcept {
  if (d.count() <= 0) return yield_now();
  sleep_until_ns(due_in(d), SLUICE_CALL_SITE());
}

void sleep_until(TimePoint t) noexcept {
  const std::int64_t due = t.time_since_epoch().count();
  if (due <= base::now()) return yield_now();
  sleep_until_ns(std::min(due, base::kNever - 1), SLUICE_CALL_SITE());
}

}  // namespace sluice
