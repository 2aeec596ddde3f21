// A goroutine from its making to its end.
#include "sched/spawn.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#include "base/assert.hpp"
#include "base/futex.hpp"
#include "sched/local.hpp"
#include "sched/park.hpp"
#include "sched/scheduler.hpp"
#include "sched/trace.hpp"
#include "sluice/go.hpp"
#include "sluice/panic.hpp"

namespace sluice::detail {
namespace {

// What the next goroutine on this stack leaves uninitialised must not look as if it referred to
// what this one did: as far as most frames go, and a page that is in use anyway.
void scrub(Goroutine* goroutine) noexcept {
#if !SLUICE_ASAN && !SLUICE_TSAN
  constexpr std::size_t kScrubbed = fiber::kPage;
  auto* end = reinterpret_cast<std::byte*>(goroutine);
  const auto begin = reinterpret_cast<std::byte*>(goroutine->stack_high - kScrubbed);
  std::memset(begin, 0, static_cast<std::size_t>(end - begin));
#endif
  (void)goroutine;
}

// Gives the stack back, and with it the control block. Nothing of the goroutine may be in use.
SLUICE_THREAD_CONFINED void free_stack(Goroutine* goroutine, Worker* here) noexcept {
  fiber::retire(goroutine->fiber);
  if (observed()) scrub(goroutine);
  const fiber::Stack stack = stack_of(*goroutine);
  if (here != nullptr) {
    here->stacks.give(stack);
  } else {
    fiber::give_stack(stack);
  }
}

void tell_exit(Goroutine* goroutine, ExitKind kind) noexcept {
  Event event;
  event.kind = EventKind::exit;
  event.doer = goroutine;
  event.value = static_cast<std::int64_t>(kind);
  emit(event);
}

// Runs on the context that follows a goroutine's last. When main's is gone, so is the run.
SLUICE_THREAD_CONFINED void bury(void* worker) noexcept {
  auto* here = static_cast<Worker*>(worker);
  Goroutine* goroutine = here->left;
  Scheduler& scheduler = here->scheduler;
  const bool run_is_over =
      goroutine->id == 1 && !scheduler.main_exited.load(std::memory_order_relaxed);
  free_stack(goroutine, here);
  if (!run_is_over) return;
  scheduler.main_done.store(1, std::memory_order_release);
  base::futex_wake(scheduler.main_done, 1);
}

// Not noexcept, and nothing here catches: an exception that leaves the closure finds no handler up
// to the end of the stack, so std::terminate is called where it was thrown, with all its frames
// still there to be shown. Begins in the name of whoever was left, so ThreadSanitizer must not
// count the call as that one's.
SLUICE_THREAD_CONFINED void goroutine_entry(void* argument, void*) {
  auto* goroutine = static_cast<Goroutine*>(argument);
  fiber::begin(goroutine->fiber);
  Worker::arrive();
  goroutine->type->run(goroutine->closure);
  end_goroutine(goroutine, ExitKind::returned);
}

unsigned wanted_stack(const Scheduler& scheduler, const GoOptions* options) {
  const std::size_t bytes =
      options != nullptr && options->stack_size != 0 ? options->stack_size : scheduler.stack_size;
  const unsigned log2 = fiber::stack_log2(bytes);
  if (log2 == 0) throw Panic("sluice: stack size out of range: at most 1 GiB");
  return log2;
}

Goroutine* lay_out(const fiber::Stack& stack, const ClosureType& type) {
  std::byte* block = stack.high() - kGoroutineReserve;
  auto address = reinterpret_cast<std::uintptr_t>(block) - type.size;
  address &= ~(static_cast<std::uintptr_t>(type.align > 16 ? type.align : 16) - 1);
  auto* closure = reinterpret_cast<std::byte*>(address);
  if (closure < stack.usable_low() + stack.size() / 2) {
    fiber::give_stack(stack);
    throw Panic("sluice: the goroutine's function object takes more than half of its stack");
  }
  auto* goroutine = ::new (block) Goroutine;
  goroutine->stack_log2 = stack.size_log2;
  goroutine->stack_low = reinterpret_cast<std::uintptr_t>(stack.usable_low());
  goroutine->stack_high = reinterpret_cast<std::uintptr_t>(stack.high());
  goroutine->type = &type;
  goroutine->closure = closure;
  fiber::announce(goroutine->fiber, stack.usable_low(),
                  static_cast<std::size_t>(stack.high() - stack.usable_low()));
  goroutine->fiber.sp = fiber::prepare(closure, &goroutine_entry, goroutine);
  return goroutine;
}

}  // namespace

void end_goroutine(Goroutine* goroutine, ExitKind kind) noexcept {
  destroy_locals(*goroutine);
  if (observed()) tell_exit(goroutine, kind);
  std::free(const_cast<char*>(goroutine->name));
  Worker* worker = this_worker();
  worker->born.store(worker->born.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  if (goroutine->id == 1) {
    if (kind == ExitKind::goexit)
      worker->scheduler.main_exited.store(true, std::memory_order_relaxed);
    fiber::tell_release(&worker->scheduler.main_done);
  }
  if (goroutine->home != nullptr) {
    worker->bound = nullptr;
    worker->tainted = true;
  }
  goroutine->status.store(Status::dead, std::memory_order_relaxed);
  worker->leave({&bury, worker}, Status::dead);
  SLUICE_CHECK(!"a goroutine that has ended was resumed");
  std::abort();
}

Goroutine* make_goroutine(Scheduler& scheduler, Worker* here, const ClosureType& type,
                          const GoOptions* options) {
  fiber::Stack stack;
  stack.size_log2 = wanted_stack(scheduler, options);
  if ((here == nullptr || !here->stacks.take(stack)) &&
      !fiber::take_stack(stack.size_log2, stack)) {
    throw std::bad_alloc();
  }
  fiber::forget_history(stack);
  Goroutine* goroutine = lay_out(stack, type);
  goroutine->run_id = scheduler.run_id;
  if (options != nullptr && !options->name.empty()) goroutine->name = strdup(options->name.c_str());
  return goroutine;
}

NewGoroutine new_goroutine(const ClosureType& closure, const GoOptions* options) {
  const CurrentRun run;
  if (!run) throw Panic("sluice: go outside of sluice::run");
  Goroutine* goroutine = make_goroutine(*run, run.here(), closure, options);
  return {goroutine, goroutine->closure};
}

void discard_goroutine(Goroutine* goroutine) noexcept {
  std::free(const_cast<char*>(goroutine->name));
  goroutine->status.store(Status::dead, std::memory_order_relaxed);
  free_stack(goroutine, this_worker());
}

void announce_goroutine(Goroutine* goroutine) noexcept {
  Worker* worker = this_worker();
  Goroutine* parent = worker != nullptr && worker->current != nullptr ? worker->current : self();
  goroutine->parent_id = parent->id;
  goroutine->creation_pc = __builtin_return_address(0);
  if (worker != nullptr) {
    goroutine->id = worker->new_id();
    worker->born.store(worker->born.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (worker->shuffle != nullptr) worker->shuffle->begin(goroutine->chance, parent->chance);
  } else if (const CurrentRun run; run && run->run_id == goroutine->run_id) {
    if (run->shuffle() != nullptr) run->shuffle()->begin_outside(goroutine->chance);
    goroutine->id = run->last_id.fetch_add(1, std::memory_order_relaxed) + 1;
    run->born_outside.fetch_add(1, std::memory_order_relaxed);
  }
  if (Trace* trace = g_trace.load(std::memory_order_relaxed)) [[unlikely]]
    trace->starts(worker, *goroutine);
  if (!observed()) return;
  Event event;
  event.kind = EventKind::spawn;
  event.doer = parent;
  event.other = goroutine;
  event.pc = __builtin_return_address(0);
  event.frame = __builtin_dwarf_cfa();
  emit(event);
}

void launch_goroutine(Goroutine* goroutine) noexcept {
  const CurrentRun run;
  if (run && run->run_id == goroutine->run_id) {
    run->make_runnable(goroutine, run.here());
  } else {
    discard_goroutine(goroutine);  // the run ended while a foreign thread was starting it
  }
}

}  // namespace sluice::detail
