#include "sched/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/assert.hpp"
#include "base/asymmetric_fence.hpp"
#include "base/clock.hpp"
#include "base/futex.hpp"
#include "sched/foreign.hpp"
#include "sched/idle_source.hpp"
#include "sched/overflow.hpp"
#include "sched/park.hpp"
#include "sched/points.hpp"
#include "sched/scheduler.hpp"
#include "sched/trace.hpp"

namespace sluice::detail {
namespace {

// Every so many'th switch goes through find_runnable, which looks at timers and at the global queue
// first. Prime, as in Go.
constexpr std::uint32_t kFairness = 61;
// Goroutines that ready each other share a turn of about so many nanoseconds; then the queue's head
// goes first. Shorter than Go's 10 ms, and counted in time and not in switches: else a pair that
// computes much between its switches would get as much more time than a pair that computes little.
constexpr std::int64_t kTurn = 1'000'000;
constexpr std::uint64_t kIdBatch = 16;
// A goroutine that has lost its place and goes on readying others computes: it may have a free
// place again after so many. At once would be too early: one that reads from the system and passes
// on what it got would hold the place in its next read, and what it passed on would wait for the
// monitor.
constexpr std::uint32_t kReadiedForAPlace = 16;

}  // namespace

constinit thread_local Worker* t_worker = nullptr;
constinit thread_local Goroutine* t_current = nullptr;

[[gnu::noinline]] SLUICE_THREAD_CONFINED Worker* this_worker() noexcept {
  Worker* worker = t_worker;
  asm volatile("" : "+r"(worker));
  return worker;
}

[[gnu::noinline]] SLUICE_THREAD_CONFINED Goroutine* self() noexcept {
  Goroutine* current = t_current;
  return current != nullptr ? current : foreign_self();
}

#if SLUICE_TSAN
[[gnu::noinline]] SLUICE_THREAD_CONFINED Goroutine* current_here() noexcept {
  return current_of_thread();
}
[[gnu::noinline]] SLUICE_THREAD_CONFINED Goroutine* pass_both_points() noexcept {
  return stays_at_both_points();
}
#endif

SLUICE_THREAD_CONFINED void take_back_point() noexcept {
  const Worker* worker = this_worker();
  if (worker->shuffle != nullptr) ++worker->current->chance.until_change;
}

Worker::Worker(Scheduler& owner, std::uint32_t number) noexcept
    : scheduler(owner),
      shuffle(owner.shuffle()),
      rng(0x5bd1e995u * (number + 1) + owner.run_id),
      index(number),
      shuffled(shuffle != nullptr ? shuffle->seed() + number : 0) {}

SLUICE_THREAD_CONFINED void Worker::run() noexcept {
  t_worker = this;
  thread = fiber::ThreadState::of_this_thread();
  fiber::adopt_thread(native);
  thread_pointer.store(reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer()),
                       std::memory_order_relaxed);
  stack_base.store(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)),
                   std::memory_order_relaxed);
  tid.store(gettid(), std::memory_order_release);
  const OverflowStack overflow_stack;
  fiber::tell_release(this);
  // A fresh thread comes with a place, and counts as searching.
  for (bool searching = true;;) {
    Goroutine* goroutine = find_runnable(searching);
    if (goroutine == nullptr) break;
    execute(goroutine);
    run_bound();
    if (tainted || scheduler.stopping()) break;
    searching = !settle();
  }
  tid.store(0, std::memory_order_release);
  stacks.drain();
  t_worker = nullptr;
}

void Worker::rest_while_frozen() noexcept {
  rests.store(true, std::memory_order_release);
  scheduler.wait_while_frozen();
  rests.store(false, std::memory_order_release);
}

SLUICE_THREAD_CONFINED void Worker::execute(Goroutine* goroutine) noexcept {
  while (!claim(goroutine)) {
    if (scheduler.stopping()) return;
    rest_while_frozen();
  }
  if (phase.load(std::memory_order_relaxed) != Phase::detached)
    phase.store(Phase::running, std::memory_order_release);
  tick.store(tick.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (shuffle != nullptr) begin_stretches();
  switch_to(goroutine, {}, Status::none);
}

// Marks a goroutine as running, unless the scheduler is halted: then its stack may be looked at.
// The looker sets the halt, makes every thread pass a barrier (Scheduler::freeze), then reads the
// status; so one of the two sees the other.
SLUICE_THREAD_CONFINED bool Worker::claim(Goroutine* goroutine) noexcept {
  const Status before = goroutine->status.load(std::memory_order_relaxed);
  goroutine->status.store(Status::running, std::memory_order_relaxed);
  base::asymmetric_fence_light();
  if (!scheduler.halted()) return true;
  goroutine->status.store(before, std::memory_order_release);
  return false;
}

// Null `next`: to the native context.
SLUICE_THREAD_CONFINED void Worker::switch_to(Goroutine* next, AfterSwitch then,
                                              Status becomes) noexcept {
  if (g_trace.load(std::memory_order_relaxed) != nullptr) [[unlikely]]
    return switch_noting(next, then, becomes);
  switch_now(next, then, becomes);
}

[[gnu::noinline]] SLUICE_THREAD_CONFINED void Worker::switch_noting(Goroutine* next,
                                                                    AfterSwitch then,
                                                                    Status becomes) noexcept {
  if (Trace* trace = g_trace.load(std::memory_order_acquire)) trace->switches(*this, next, becomes);
  switch_now(next, then, becomes);
}

[[gnu::always_inline]] SLUICE_THREAD_CONFINED inline void Worker::switch_now(
    Goroutine* next, AfterSwitch then, Status becomes) noexcept {
  fiber::Fiber& from = current != nullptr ? current->fiber : native;
  fiber::Fiber& to = next != nullptr ? next->fiber : native;
  left = current;
  left_becomes = becomes;
  after = then;
  current = next;
  t_current = next;
  fiber::switch_fiber(thread, from, to, becomes == Status::dead);
  arrive();
}

SLUICE_THREAD_CONFINED void Worker::leave(AfterSwitch then, Status becomes) noexcept {
  if (shuffle != nullptr) end_stretch();
  Goroutine* next = bound == nullptr && !tainted ? next_local() : nullptr;
  if (next != nullptr && !claim(next)) {
    aside = next;
    next = nullptr;
  }
  switch_to(next, then, becomes);
}

SLUICE_THREAD_CONFINED void Worker::arrive() noexcept {
  Worker* worker = this_worker();
  const AfterSwitch then = worker->after;
  Goroutine* gone_from = worker->left;
  const bool gone = worker->left_becomes == Status::dead;
  fiber::Fiber& from = gone_from != nullptr ? gone_from->fiber : worker->native;
  fiber::Fiber& here = worker->current != nullptr ? worker->current->fiber : worker->native;
  if (gone_from != nullptr)
    gone_from->status.store(worker->left_becomes, std::memory_order_release);
  if (!gone && then.call != nullptr) then.call(then.argument);
  fiber::tell_release(&worker->left);  // all that was done on this worker, before the worker's end
  fiber::assume_identity(from, here);
  if (gone && then.call != nullptr) then.call(then.argument);
  fiber::tell_acquire(&here);               // the ready that brought us here
  fiber::tell_acquire(worker);              // the making of the worker
  fiber::tell_acquire(&worker->scheduler);  // looks at goroutines that were held
}

void Worker::push_next(Goroutine* goroutine) noexcept {
  if (shuffle != nullptr) return shuffled.push(goroutine);
  Goroutine* displaced = run_next.exchange(goroutine, std::memory_order_acq_rel);
  if (displaced != nullptr) push_back(displaced);
}

void Worker::push_back(Goroutine* goroutine) noexcept {
  if (shuffle != nullptr) return shuffled.push(goroutine);
  while (!queue.push(goroutine)) {
    Goroutine* half[RunQueue::kCapacity / 2];
    if (const std::uint32_t count = queue.steal(half)) scheduler.global.push(half, count);
  }
}

void Worker::give_away() noexcept {
  Goroutine* batch[RunQueue::kCapacity / 2];
  while (const std::uint32_t count = queue.steal(batch)) scheduler.global.push(batch, count);
  if (Goroutine* last = take_run_next()) scheduler.global.push(last);
  while (const std::uint32_t count = shuffled.steal(batch, std::size(batch))) {
    scheduler.global.push(batch, count);
  }
}

// Else a goroutine that starts many others, which run for a moment each, wakes a worker for each.
SLUICE_THREAD_CONFINED void Worker::win_place_back() noexcept {
  if (current == nullptr || current->blocking > 0) return;
  if (++readied_detached % kReadiedForAPlace != 0 || !scheduler.attach()) return;
  phase.store(Phase::running, std::memory_order_release);
}

SLUICE_THREAD_CONFINED std::uint64_t Worker::new_id() noexcept {
  if (next_id == last_id) {
    next_id = scheduler.last_id.fetch_add(kIdBatch, std::memory_order_relaxed);
    last_id = next_id + kIdBatch;
  }
  return ++next_id;
}

// While it takes others, of the old ones and the new ones together.
SLUICE_THREAD_CONFINED std::uint64_t Worker::unused_ids() const noexcept {
  return std::min(last_id - next_id, kIdBatch);
}

// The quick way from one goroutine to the next, without the native context. Null: take the long
// way.
SLUICE_THREAD_CONFINED Goroutine* Worker::next_local() noexcept {
  const std::uint32_t now = tick.load(std::memory_order_relaxed) + 1;
  tick.store(now, std::memory_order_relaxed);
  if (now % kFairness == 0 || turn_over.load(std::memory_order_relaxed) ||
      phase.load(std::memory_order_relaxed) == Phase::detached || scheduler.halted()) {
    return nullptr;
  }
  return take_own();
}

Goroutine* Worker::take_own() noexcept {
  if (shuffle != nullptr) return shuffled.pop();
  if (Goroutine* next = take_run_next()) return next;
  return queue.pop();
}

// Whether what is first in the queue goes before what was readied last.
bool Worker::begin_turn() noexcept {
  const bool asked = turn_over.load(std::memory_order_relaxed);
  if (!asked && tick.load(std::memory_order_relaxed) % kFairness != 0) return false;
  const std::int64_t now = base::now();
  if (!asked && now - turn_began < kTurn) return false;
  turn_over.store(false, std::memory_order_relaxed);
  turn_began = now;
  return true;
}

void Worker::poll_idle_source() noexcept {
  const std::int64_t due = idle_source().next_due();
  if (due == base::kNever) return;
  const std::int64_t now = base::now();
  if (due <= now) idle_source().poll(now);
}

// The goroutine that ran last holds a ThreadLock: runs it each time that it is ready, and nothing
// else, until it holds none. Its place is for others meanwhile; it needs none to go on.
SLUICE_THREAD_CONFINED void Worker::run_bound() noexcept {
  while (bound != nullptr || tainted) {
    give_away();
    scheduler.give_up_place(*this);
    if (tainted) return;
    while (handed.load(std::memory_order_acquire) == 0) base::futex_wait(handed, 0, base::kNever);
    if (scheduler.stopping()) return;
    handed.store(0, std::memory_order_relaxed);
    phase.store(scheduler.attach() ? Phase::searching : Phase::detached, std::memory_order_release);
    execute(bound);
  }
}

// Comes back from a goroutine to look for another. A worker that was detached meanwhile must win a
// place again, or sleep until it is given one. False: it slept, and counts as searching.
bool Worker::settle() noexcept {
  Phase expected = Phase::running;
  if (phase.compare_exchange_strong(expected, Phase::searching, std::memory_order_acq_rel)) {
    if (!scheduler.give_up_excess_place()) return true;
    give_away();
    scheduler.sleep(*this, Scheduler::Holds::nothing);
    return false;
  }
  if (scheduler.attach()) {
    phase.store(Phase::searching, std::memory_order_release);
    return true;
  }
  give_away();
  scheduler.sleep(*this, Scheduler::Holds::detached);
  return false;
}

// A goroutine to run, or null when the run is over. Sleeps while there is none.
Goroutine* Worker::find_runnable(bool searching) noexcept {
  for (;;) {
    if (scheduler.halted()) rest_while_frozen();
    if (scheduler.stopping()) return nullptr;
    poll_idle_source();
    Goroutine* found = std::exchange(aside, nullptr);
    if (found == nullptr && tick.load(std::memory_order_relaxed) % kFairness == 0) {
      found = take_global(1);
    }
    if (found == nullptr && begin_turn()) {
      scheduler.poll_events();
      found = queue.pop();
    }
    if (found == nullptr) found = take_own();
    if (found == nullptr) found = take_global(kGlobalBatch);
    if (found == nullptr && scheduler.poll_events()) found = take_own();
    if (found == nullptr && (searching || scheduler.may_search())) {
      if (!searching) scheduler.start_searching();
      searching = true;
      found = steal();
    }
    if (found != nullptr) {
      if (searching) scheduler.stop_searching();
      return found;
    }
    scheduler.sleep(*this, searching ? Scheduler::Holds::search : Scheduler::Holds::place);
    searching = true;
  }
}

Goroutine* Worker::take_run_next() noexcept {
  if (run_next.load(std::memory_order_relaxed) == nullptr) return nullptr;
  return run_next.exchange(nullptr, std::memory_order_acq_rel);
}

// All of this worker's share at once: who goes first is chosen among those that are in one queue.
Goroutine* Worker::take_global_shuffled(std::size_t share) noexcept {
  Goroutine* batch[kGlobalBatch];
  while (share > 0) {
    const std::size_t count = scheduler.global.take(batch, std::min(share, kGlobalBatch));
    if (count == 0) break;
    for (std::size_t i = 0; i < count; ++i) shuffled.push(batch[i]);
    share -= count;
  }
  return shuffled.pop();
}

Goroutine* Worker::take_global(std::size_t most) noexcept {
  Goroutine* batch[kGlobalBatch];
  const std::size_t fair =
      scheduler.global.size() / static_cast<std::size_t>(scheduler.limit()) + 1;
  if (shuffle != nullptr) return take_global_shuffled(fair);
  const std::size_t count = scheduler.global.take(batch, fair < most ? fair : most);
  for (std::size_t i = 1; i < count; ++i) push_back(batch[i]);
  return count > 0 ? batch[0] : nullptr;
}

}  // namespace sluice::detail
