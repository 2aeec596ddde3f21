// Goroutines with their stacks as text, in the format of Go's tracebacks. Knows no scheduler: it
// renders a list.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sluice::checked {

struct DumpedGoroutine {
  std::uint64_t id = 0;
  std::string state;  // "running", "runnable", "chan receive", ...: the text inside the brackets
  std::uint64_t minutes = 0;  // waited so long already; shown from 1 on
  bool locked_to_thread = false;
  std::string name;  // shown in quotation marks after the id when there is one
  std::vector<const void*>
      pcs;  // return addresses, innermost first; empty: the stack is not available
  bool first_pc_is_exact =
      false;  // the first is the instruction itself (a fault), not a return address
  std::size_t frames_elided = 0;  // frames below the last of `pcs` that were left out
  const void* creation_pc = nullptr;
  std::uint64_t parent_id = 0;
};

// One block a goroutine, with an empty line between two, and a newline at the end:
//
//   goroutine 18 [chan send]:
//   worker(...)
//   <TAB>/src/worker.cc:14 +0x4e
//   created by main::{lambda} in goroutine 1
//   <TAB>/src/main.cc:25 +0x93
//
// Frames of the runtime's inside are left out, those of its public functions are kept, as Go does.
// Needs stack and time (it reads debug information), so it works on a thread of its own, which the
// caller waits for.
std::string goroutine_dump(std::span<const DumpedGoroutine> goroutines);

}  // namespace sluice::checked
