// All goroutines of the run at one moment, those that can't be told apart as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sched/goroutine.hpp"

namespace sluice::detail {

struct GoroutineGroup {
  Status status = Status::none;
  WaitReason reason = WaitReason::none;  // of those that wait
  bool blocking = false;                 // they run, and have said that they may block
  const void* creation_pc = nullptr;
  // Return addresses, innermost first. None: they run elsewhere, or were not looked at.
  std::vector<const void*> pcs;
  std::uint64_t count = 0;
  std::int64_t wait_since = 0;  // of the one that has waited longest; 0: they do not wait
};

// Looks at no more than `most_stacks` that are unlike any other.
std::vector<GoroutineGroup> goroutine_groups(std::size_t most_stacks);

}  // namespace sluice::detail
