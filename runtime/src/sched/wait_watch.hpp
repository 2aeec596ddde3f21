// For whoever wants to know how long goroutines wait, and who lets them go on. Nobody most of the
// time: then it costs a load at each park and at each ready.
#pragma once

#include <atomic>
#include <cstdint>

#include "sluice/detail/event.hpp"

namespace sluice::detail {

// Both are called on the stack of whoever did it, with no lock held; they must not park or throw.
// `nanoseconds`: how long it was.
struct WaitWatch {
  // The caller has waited, and goes on.
  void (*waited)(WaitReason reason, std::int64_t nanoseconds) noexcept;
  // The caller lets a goroutine go on that has waited for so long.
  void (*released)(WaitReason reason, std::int64_t nanoseconds) noexcept;
};

// Written between runs and by whoever turns it on or off meanwhile; what it points to stays.
extern std::atomic<const WaitWatch*> g_wait_watch;

}  // namespace sluice::detail
