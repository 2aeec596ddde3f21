#include "base/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.hpp"
#include "base/sanitizers.hpp"

namespace sluice::base {

// Confined because of errno, which all fibers of a thread share.

SLUICE_THREAD_CONFINED void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected,
                                       std::int64_t deadline) noexcept {
  const int saved = errno;
#if SLUICE_TSAN
  // ThreadSanitizer runs the program's signal handlers where a thread makes a call that it knows.
  // This is none, so one is made ten times a second.
  const std::int64_t soon = now() + 100'000'000;
  if (deadline > soon) {
    deadline = soon;
    sleep_for(1);
  }
#endif
  timespec until{};
  until.tv_sec = deadline / 1'000'000'000;
  until.tv_nsec = deadline % 1'000'000'000;
  // The bitset form takes an absolute time of the monotonic clock, so that no wake-up shifts it.
  syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
          deadline == kNever ? nullptr : &until, nullptr, FUTEX_BITSET_MATCH_ANY);
  errno = saved;
}

SLUICE_THREAD_CONFINED void futex_wake(const Atomic<std::uint32_t>& word, int count) noexcept {
  const int saved = errno;
  syscall(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, nullptr, nullptr, 0);
  errno = saved;
}

}  // namespace sluice::base
