#include "boot/debugger_view.hpp"

#include <cstddef>

#include "boot/wait_reasons.hpp"
#include "fiber/stack_arena.hpp"
#include "sched/goroutine.hpp"
#include "sched/scheduler.hpp"
#include "sched/worker.hpp"

// The reader itself, for gdb: it runs what it finds in a section of this name, once the user trusts
// the file. The first byte says that it is text in Python, with a name for messages before it.
asm(R"(
        .pushsection .debug_gdb_scripts, "", %progbits
        .byte   4
        .ascii  "sluice-gdb.py\n"
        .incbin ")" SLUICE_GDB_SCRIPT R"("
        .byte   0
        .popsection
)");

// Of classes that are not of standard layout, whose offsets both compilers know all the same.
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

namespace sluice::detail {

using fiber::Arena;

// A member, since some of what it names is private.
constexpr DebuggerView DebuggerView::of_this_library() noexcept {
  return {
      .scheduler = &g_scheduler,
      .arenas = fiber::g_arenas,
      .arena_count = &fiber::g_arena_count,
      .wait_reasons = g_wait_reasons,
      .wait_reason_count = kWaitReasons,

      .arena_size = sizeof(Arena),
      .arena_base = offsetof(Arena, base),
      .arena_slots = offsetof(Arena, slots),
      .arena_log2 = offsetof(Arena, size_log2),
      .arena_fresh = offsetof(Arena, fresh),
      .slot_more = fiber::kPage,
      .goroutine_below_top = kGoroutineReserve,

      .goroutine_size = sizeof(Goroutine),
      .goroutine_id = offsetof(Goroutine, id),
      .goroutine_parent_id = offsetof(Goroutine, parent_id),
      .goroutine_creation_pc = offsetof(Goroutine, creation_pc),
      .goroutine_name = offsetof(Goroutine, name),
      .goroutine_stack_low = offsetof(Goroutine, stack_low),
      .goroutine_stack_high = offsetof(Goroutine, stack_high),
      .goroutine_status = offsetof(Goroutine, status),
      .goroutine_reason = offsetof(Goroutine, reason),
      .goroutine_run_id = offsetof(Goroutine, run_id),
      .goroutine_sp = offsetof(Goroutine, fiber) + offsetof(fiber::Fiber, sp),

      .scheduler_run_id = offsetof(Scheduler, run_id),
      .scheduler_worker_count = offsetof(Scheduler, worker_count_),
      .scheduler_workers = offsetof(Scheduler, workers_),
      .worker_current = offsetof(Worker, current),
      .worker_tid = offsetof(Worker, tid),
  };
}

}  // namespace sluice::detail

constinit const sluice::detail::DebuggerView sluice_debugger_view =
    sluice::detail::DebuggerView::of_this_library();
