// Monotonic time as a number.
#pragma once

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace sluice::base {

// Nanoseconds of CLOCK_MONOTONIC, the clock under std::chrono::steady_clock. About 30 ns.
#if defined(SLUICE_MODEL)
std::int64_t now() noexcept;  // test/model defines it
#else
inline std::int64_t now() noexcept {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}
#endif

// Blocks the thread, whatever stands in for libc's functions.
inline void sleep_for(std::int64_t nanoseconds) noexcept {
  const timespec t{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
  syscall(SYS_nanosleep, &t, nullptr);
}

inline constexpr std::int64_t kNever = INT64_MAX;

}  // namespace sluice::base
