// THE WAIST. Everything that waits does so through these few functions, everything that wakes
// another through ready(). Above this file nobody knows of workers; below it nobody knows of
// channels or locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "base/intrusive_list.hpp"
#include "base/spin_lock.hpp"
#include "sched/goroutine.hpp"
#include "sluice/detail/event.hpp"
#include "sluice/detail/wait_queue.hpp"

namespace sluice::detail {

// The running goroutine, or this thread's stand-in if the runtime did not start it. Never null.
// About 3 ns.
Goroutine* self() noexcept;

// The same, but null on a thread that the runtime did not start: for what may run anywhere.
Goroutine* running_goroutine() noexcept;

// Parks the caller. `commit(argument)` runs once the caller's context is saved, on another stack of
// the same thread: it publishes the caller to whoever will call ready(), typically by freeing a
// lock. Returns after ready(self()), which may come on another thread. A goroutine of a run that
// has ended never returns.
void park(WaitReason reason, void (*commit)(void*), void* argument) noexcept;
// The same, freeing the spin lock word of the queue that the caller has just joined.
void park(WaitReason reason, base::Atomic<std::uint32_t>& queue_lock) noexcept;

// Makes a parked goroutine runnable, on this worker if the caller runs on one. Each park is ended
// by one ready. The caller must not hold a lock that the woken one needs at once: it may run before
// ready returns.
void ready(Goroutine* goroutine) noexcept;

// False for a goroutine of a run that has ended: it will never run, so nothing must be given to it.
bool alive(const Goroutine* goroutine) noexcept;

// How many goroutines may run at once; waiting by spinning makes sense only for more than one.
int parallelism() noexcept;

// Whether a worker will look at the idle source by itself before it sleeps: not so on a foreign
// thread.
bool on_worker() noexcept;

// A small number that goroutines on one worker share, to choose a shard by.
std::uint32_t home() noexcept;

// Evenly among 0 .. n-1, n > 0: for choices that the scheduler is free to make.
std::uint32_t random_below(std::uint32_t n) noexcept;

// Lets others run, as sluice::yield.
void yield_now() noexcept;

// In a shuffled run others may go first here; else nothing. For what may park anyway: a caller may
// hold a lock of the system around anything else.
void preemption_point() noexcept;

// One before an operation and one after it, for operations that parking is nothing new to. Nothing
// unless observed, as every shuffled run is.
class PreemptionPoints {
 public:
  PreemptionPoints() noexcept {
    if (observed()) preemption_point();
  }
  ~PreemptionPoints() {
    if (observed()) preemption_point();
  }
  PreemptionPoints(const PreemptionPoints&) = delete;
  PreemptionPoints& operator=(const PreemptionPoints&) = delete;
};

// A time by which to decide who runs, in nanoseconds: the clock's, and in a shuffled run one that
// passes with switches, so that a seed decides alike each time.
std::int64_t decision_time() noexcept;

// The scheduler's own idea of the time, some milliseconds old: for what must not cost a clock
// reading.
std::int64_t coarse_now() noexcept;

// ---- wait queues ----

inline void enqueue(WaitQueue& queue, Waiter& waiter) noexcept {
  base::list_push_back(queue, waiter);
  waiter.queued = true;
}
inline void enqueue_front(WaitQueue& queue, Waiter& waiter) noexcept {
  base::list_push_front(queue, waiter);
  waiter.queued = true;
}
inline void remove(WaitQueue& queue, Waiter& waiter) noexcept {
  base::list_remove(queue, waiter);
  waiter.queued = false;
}
// The oldest waiter that can still run; others, left by a run that has ended, are dropped. Null
// when none.
Waiter* dequeue(WaitQueue& queue) noexcept;

// ---- telling the observer; call these with no lock held ----

// Where the user's code called a public function: to be made in that function itself.
struct CallSite {
  const void* pc;
  const void* frame;
};
#define SLUICE_CALL_SITE() \
  (::sluice::detail::CallSite{__builtin_return_address(0), __builtin_dwarf_cfa()})

void emit(const Event& event) noexcept;
void emit(EventKind kind, const ObjectRef& object, const CallSite& site,
          std::int64_t value = 0) noexcept;

// Tells that the caller is about to wait, and, when it goes, that the wait is over. `what` is what
// it waits for outside of the process. Nothing unless observed.
class ParkScope {
 public:
  ParkScope(WaitReason reason, std::span<const ObjectRef> objects, const CallSite& site,
            std::int64_t until = 0, std::string_view what = {}) noexcept
      : observed_(observed()) {
    if (observed_) tell(reason, objects, site, until, what);
  }
  ~ParkScope() {
    if (observed_) end();
  }
  ParkScope(const ParkScope&) = delete;
  ParkScope& operator=(const ParkScope&) = delete;

 private:
  void tell(WaitReason reason, std::span<const ObjectRef> objects, const CallSite& site,
            std::int64_t until, std::string_view what) noexcept;
  void end() noexcept;
  bool observed_;
};

}  // namespace sluice::detail
