#include "patience.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>

#include "real.hpp"
#include "sluice/go.hpp"

namespace sluice::hook {
namespace {

// TimePoint::max(): none, or not a socket.
TimePoint deadline_of(int fd, int option) noexcept {
  timeval limit{};
  socklen_t size = sizeof limit;
  const int before = error_now();
  const bool none = ::getsockopt(fd, SOL_SOCKET, option, &limit, &size) != 0 ||
                    (limit.tv_sec == 0 && limit.tv_usec == 0);
  set_error(before);
  if (none) return TimePoint::max();
  // The kernel counts such times in ticks, and no more than this makes sense of.
  constexpr std::int64_t kMostSeconds = 100 * 365 * 24 * 3600LL;
  return Clock::now() + std::chrono::seconds(std::min<std::int64_t>(limit.tv_sec, kMostSeconds)) +
         std::chrono::microseconds(limit.tv_usec);
}

// Blocks a thread, but no worker: for what can't be waited for otherwise.
void wait_in_a_thread(int fd, short events, TimePoint deadline) noexcept {
  int milliseconds = -1;
  if (deadline != TimePoint::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    milliseconds = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
  }
  pollfd asked{fd, events, 0};
  sluice::blocking([&] { return real().poll(&asked, 1, milliseconds); });
}

}  // namespace

// All goroutines of a thread share errno, and ThreadSanitizer does not see that they take turns.
__attribute__((noinline, no_sanitize("thread"))) int error_now() noexcept { return errno; }
__attribute__((noinline, no_sanitize("thread"))) void set_error(int error) noexcept {
  errno = error;
}

Direction receiving() noexcept { return {POLLIN, SO_RCVTIMEO}; }
Direction sending() noexcept { return {POLLOUT, SO_SNDTIMEO}; }

bool blocks(int fd) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

bool ready_now(int fd, short events) noexcept {
  pollfd asked{fd, events, 0};
  return real().poll(&asked, 1, 0) > 0;
}

bool Patience::wait_after_failure() noexcept {
  if (error_now() != EAGAIN) return false;
  if (!deadline_ && !blocks(fd_)) {
    set_error(EAGAIN);
    return false;
  }
  return wait();
}

bool Patience::wait() noexcept {
  if (!deadline_) deadline_ = deadline_of(fd_, direction_.timeout);
  const detail::FdWait wanted{fd_, direction_.events};
  switch (detail::wait_fds({&wanted, 1}, *deadline_)) {
    case detail::FdOutcome::ready:
      return true;
    case detail::FdOutcome::closed:
      set_error(EBADF);
      return false;
    case detail::FdOutcome::timed_out:
      set_error(EAGAIN);
      return false;
    case detail::FdOutcome::failed:
      wait_in_a_thread(fd_, direction_.events, *deadline_);
      if (Clock::now() < *deadline_ || ready_now(fd_, direction_.events)) return true;
      set_error(EAGAIN);
      return false;
  }
  return false;
}

}  // namespace sluice::hook
