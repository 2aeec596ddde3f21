#include "sched/memory.hpp"

#include <algorithm>
#include <mutex>

#include "base/clock.hpp"
#include "fiber/stack_arena.hpp"
#include "sched/goroutine.hpp"
#include "sched/helper_thread.hpp"
#include "sched/scheduler.hpp"

namespace sluice::detail {
namespace {

std::uintptr_t address(const void* pointer) noexcept {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

// Whether a worker has left its goroutine, or has none, and is still on its way to its rest; or
// runs one, if `running`.
bool any_restless(bool running, const Scheduler& run) {
  for (std::uint32_t i = 0; i < run.worker_count(); ++i) {
    const Worker* worker = run.worker(i);
    if (worker == nullptr || worker->rests.load(std::memory_order_acquire)) continue;
    const Phase phase = worker->phase.load(std::memory_order_acquire);
    if (phase == Phase::searching) return true;
    if (phase == Phase::running && (running || worker->current == nullptr)) return true;
  }
  return false;
}

// Workers that look for something to run find nothing now, and soon sleep; one that seems to run a
// goroutine may have just left it. Until then what their frames held before counts as referred to,
// so it is worth waiting for a little: longer for those that are in the runtime's own code, which a
// busy machine may have stopped there.
void settle(const Scheduler& run) {
  constexpr std::int64_t kForOwn = 100'000'000, kForRunning = 1'000'000, kPause = 50'000;
  const std::int64_t began = base::now();
  for (std::int64_t spent = 0; spent < kForOwn; spent = base::now() - began) {
    if (!any_restless(spent < kForRunning, run)) return;
    base::sleep_for(kPause);
  }
}

void frozen(void (*work)(void*), void* context) {
  const std::lock_guard rests(helper_at_work());
  const CurrentRun run;
  if (run) {
    run->freeze();
    settle(*run);
  }
  work(context);
  if (run) run->thaw();
}

void for_each_arena(void (*visit)(const ArenaInfo&, void*), void* context) {
  for (std::size_t i = 0; i < fiber::arena_count(); ++i) {
    const fiber::Arena& arena = fiber::arena(i);
    visit({address(arena.base), address(arena.end()), arena.stride()}, context);
  }
}

// False: the slot is free.
SLUICE_THREAD_CONFINED bool state_of(const Goroutine& goroutine, std::uint64_t run,
                                     StackInfo::State& state) noexcept {
  switch (goroutine.status.load(std::memory_order_acquire)) {
    case Status::none:
      state = StackInfo::State::starting;
      return goroutine.fiber.sp != nullptr;
    case Status::dead:
      return false;
    case Status::running:
      state = StackInfo::State::running;
      return true;
    case Status::runnable:
      state = goroutine.run_id == run ? StackInfo::State::ready : StackInfo::State::left_over;
      return true;
    case Status::waiting:
      state = goroutine.run_id == run ? StackInfo::State::parked : StackInfo::State::left_over;
      return true;
  }
  return false;
}

SLUICE_THREAD_CONFINED void for_each_stack(void (*visit)(const StackInfo&, void*), void* context) {
  const std::uint64_t run = current_run_id();
  for (std::size_t i = 0; i < fiber::arena_count(); ++i) {
    const fiber::Arena& arena = fiber::arena(i);
    const std::uint32_t slots = arena.fresh.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      // Each is on a page of its own.
      constexpr std::uint32_t kAhead = 16;
      __builtin_prefetch(goroutine_at(arena.stack(std::min(slot + kAhead, slots - 1))));
      const fiber::Stack stack = arena.stack(slot);
      Goroutine* goroutine = goroutine_at(stack);
      StackInfo info;
      if (!state_of(*goroutine, run, info.state)) continue;
      info.actor = goroutine;
      info.low = address(stack.low);
      info.usable = address(stack.usable_low());
      info.sp = address(goroutine->fiber.sp);
      info.control = address(goroutine);
      info.high = address(stack.high());
      info.extra[0] = goroutine->fiber.exceptions.caught;
      info.extra[1] = goroutine->locals;
      visit(info, context);
    }
  }
}

void for_each_thread(void (*visit)(const ThreadInfo&, void*), void* context) {
  const CurrentRun run;
  if (!run) return;
  const Monitor& monitor = run->monitor;
  visit({ThreadInfo::Kind::monitor, false, monitor.tid(), monitor.thread_pointer(),
         monitor.stack_base()},
        context);
  if (const Helper own = helper(); own.tid != 0) {
    visit({ThreadInfo::Kind::monitor, false, own.tid, own.thread_pointer, own.stack_base}, context);
  }
  visit({ThreadInfo::Kind::caller, true, run->run_tid.load(std::memory_order_acquire), 0, 0},
        context);
  for (std::uint32_t i = 0; i < run->worker_count(); ++i) {
    const Worker* worker = run->worker(i);
    if (worker == nullptr) continue;
    const pid_t tid = worker->tid.load(std::memory_order_acquire);
    const bool away = worker->current != nullptr;
    const bool idle = !away && (worker->rests.load(std::memory_order_acquire) ||
                                worker->phase.load(std::memory_order_acquire) == Phase::idle);
    visit({ThreadInfo::Kind::worker, idle, tid,
           worker->thread_pointer.load(std::memory_order_relaxed),
           away || idle ? worker->stack_base.load(std::memory_order_relaxed) : 0},
          context);
  }
}

void for_each_own_block(void (*visit)(const void*, void*), void* context) {
  const CurrentRun run;
  if (!run) return;
  visit(&*run, context);
  for (std::uint32_t i = 0; i < run->worker_count(); ++i) {
    if (const Worker* worker = run->worker(i)) visit(worker, context);
  }
}

}  // namespace

const MemoryView& memory_view() noexcept {
  static constexpr MemoryView view{&frozen, &for_each_arena, &for_each_stack, &for_each_thread,
                                   &for_each_own_block};
  return view;
}

}  // namespace sluice::detail
