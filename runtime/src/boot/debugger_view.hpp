// Where a debugger finds the goroutines: addresses, offsets and sizes, in a table of words under a
// name that stays. It is read in a core file and in a library whose debug information was stripped
// away, so nothing of it is a function, and no type needs to be known to read it. runtime/gdb holds
// the reader.
#pragma once

#include <cstdint>

#include "sluice/detail/export.hpp"

namespace sluice::detail {

// All words, in the order in which the reader names them. A field is added at the end; whatever
// else changes takes the next version, which an older reader refuses.
struct DebuggerView {
  std::uint64_t version = 1;
  std::uint64_t words = sizeof(DebuggerView) / sizeof(std::uint64_t);

  // Variables of the runtime: the run under way, a pointer; the arenas of stacks and their number;
  // the texts of WaitReason.
  const void* scheduler;
  const void* arenas;
  const void* arena_count;
  const void* wait_reasons;
  std::uint64_t wait_reason_count;

  // An arena: a row of slots, each `slot_more` bytes larger than a stack of 2^log2 bytes. The
  // goroutine lies that many bytes below the top of its stack.
  std::uint64_t arena_size;
  std::uint64_t arena_base;
  std::uint64_t arena_slots;  // 32 bits, as the next two
  std::uint64_t arena_log2;
  std::uint64_t arena_fresh;
  std::uint64_t slot_more;
  std::uint64_t goroutine_below_top;

  std::uint64_t goroutine_size;
  std::uint64_t goroutine_id;
  std::uint64_t goroutine_parent_id;
  std::uint64_t goroutine_creation_pc;
  std::uint64_t goroutine_name;
  std::uint64_t goroutine_stack_low;
  std::uint64_t goroutine_stack_high;
  std::uint64_t goroutine_status;  // 32 bits
  std::uint64_t goroutine_reason;  // 8 bits
  std::uint64_t goroutine_run_id;
  std::uint64_t goroutine_sp;

  std::uint64_t scheduler_run_id;
  std::uint64_t scheduler_worker_count;  // 32 bits
  std::uint64_t scheduler_workers;
  std::uint64_t worker_current;
  std::uint64_t worker_tid;  // 32 bits

  static constexpr DebuggerView of_this_library() noexcept;
};

}  // namespace sluice::detail

// In no namespace: debug information must not know it by a longer name than the symbol table.
extern "C" SLUICE_EXPORT const sluice::detail::DebuggerView sluice_debugger_view;
