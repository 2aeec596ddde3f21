// Waiting for several descriptors at once, until one is ready or for as long as the program says.
#pragma once

#include <time.h>

#include <span>

#include "patience.hpp"

namespace sluice::hook {

// From now on; TimePoint::max() for null, and for what no clock will reach.
TimePoint deadline_in(const timespec* timeout) noexcept;

// Calls `look`, which does not block, until it returns something else than 0, or it is too late: 0.
template <class Look>
int poll_patiently(std::span<const detail::FdWait> fds, TimePoint deadline, Look look) noexcept {
  for (;;) {
    const int found = look();
    if (found != 0 || deadline <= Clock::now()) return found;
    if (fds.empty()) {
      sleep_until(deadline);
    } else if (detail::wait_fds(fds, deadline) == detail::FdOutcome::failed) {
      sleep_for(std::chrono::milliseconds(1));  // what can't be waited for is looked at
    }
  }
}

}  // namespace sluice::hook
