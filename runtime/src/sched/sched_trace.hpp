// A line every so often on what the scheduler is at, as Go's GODEBUG=schedtrace prints it.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace sluice::detail {

class Scheduler;

// From the next run on, every so many nanoseconds; 0: never.
void trace_scheduling(std::int64_t period) noexcept;

// The monitor's part.
class SchedTrace {
 public:
  // When the next line is due; base::kNever without a trace.
  std::int64_t due() const noexcept;
  void look(const Scheduler& scheduler, std::int64_t now) noexcept;

 private:
  const std::int64_t began_ = base::now();
  std::int64_t told_at_ = began_;
};

}  // namespace sluice::detail
