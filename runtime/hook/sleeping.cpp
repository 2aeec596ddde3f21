// Hooks of what sleeps. A goroutine's sleep is not cut short by a signal.
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "real.hpp"
#include "sluice/detail/fd_wait.hpp"
#include "sluice/time.hpp"

namespace {

using sluice::detail::may_park;
using sluice::hook::real;

bool valid(const timespec* time) noexcept {
  return time != nullptr && time->tv_sec >= 0 && time->tv_nsec >= 0 &&
         time->tv_nsec < 1'000'000'000;
}

// Longer than this is for ever.
constexpr long kMostSeconds = 100 * 365 * 24 * 3600L;

std::chrono::nanoseconds span_of(const timespec& time) noexcept {
  return std::chrono::seconds(time.tv_sec < kMostSeconds ? time.tv_sec : kMostSeconds) +
         std::chrono::nanoseconds(time.tv_nsec);
}

// Until that clock says so, however it is set meanwhile.
void sleep_until(clockid_t clock, const timespec& when) noexcept {
  for (;;) {
    timespec now{};
    ::clock_gettime(clock, &now);
    const std::chrono::nanoseconds left = span_of(when) - span_of(now);
    if (left.count() <= 0) return;
    sluice::sleep_for(std::min<std::chrono::nanoseconds>(left, std::chrono::hours(1)));
  }
}

}  // namespace

SLUICE_HOOK int nanosleep(const timespec* time, timespec* left) {
  if (!may_park() || !valid(time)) return real().nanosleep(time, left);
  sluice::sleep_for(span_of(*time));
  return 0;
}

SLUICE_HOOK int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* left) {
  const bool known = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
  if (!may_park() || !valid(time) || !known) {
    return real().clock_nanosleep(clock, flags, time, left);
  }
  if ((flags & TIMER_ABSTIME) != 0) {
    sleep_until(clock, *time);
  } else {
    sluice::sleep_for(span_of(*time));
  }
  return 0;
}

SLUICE_HOOK int usleep(useconds_t microseconds) {
  if (!may_park()) return real().usleep(microseconds);
  sluice::sleep_for(std::chrono::microseconds(microseconds));
  return 0;
}

SLUICE_HOOK unsigned sleep(unsigned seconds) {
  if (!may_park()) return real().sleep(seconds);
  sluice::sleep_for(std::chrono::seconds(seconds));
  return 0;
}
