// From durations to moments, without overflow.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"
#include "sluice/time.hpp"

namespace sluice::detail {

// Nanoseconds of the monotonic clock, `d` from now; at once for less than nothing. Later than any
// clock will say, but not base::kNever, for a `d` that does not fit.
inline std::int64_t due_in(Duration d) noexcept {
  const std::int64_t now = base::now();
  const std::int64_t wait = std::max<std::int64_t>(d.count(), 0);
  return wait > base::kNever - 1 - now ? base::kNever - 1 : now + wait;
}

}  // namespace sluice::detail
