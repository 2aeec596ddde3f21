// Hooks of poll and select.
#include "polling.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/select.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <new>
#include <vector>

#include "real.hpp"
#include "sluice/go.hpp"

namespace sluice::hook {
namespace {

using detail::FdWait;
using detail::may_park;

constexpr long kNanoseconds = 1'000'000'000;

bool valid(const timespec& time) noexcept {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < kNanoseconds;
}

int no_memory() noexcept {
  set_error(ENOMEM);
  return -1;
}

int poll_until(pollfd* fds, nfds_t count, TimePoint deadline) noexcept try {
  // Most calls find something, or name one descriptor.
  if (const int found = real().poll(fds, count, 0); found != 0) return found;
  std::vector<FdWait> wanted;
  for (nfds_t i = 0; i < count; ++i) {
    if (fds[i].fd >= 0) wanted.push_back({fds[i].fd, fds[i].events});
  }
  return poll_patiently(wanted, deadline, [&] { return real().poll(fds, count, 0); });
} catch (const std::bad_alloc&) {
  return no_memory();
}

// The three sets of select, any of which may be null. They may be larger than an fd_set is.
class Sets {
 public:
  Sets(int count, fd_set* read, fd_set* write, fd_set* except)
      : words_((static_cast<std::size_t>(count) + kBits - 1) / kBits),
        saved_(3 * words_),
        given_{read, write, except} {
    for (std::size_t i = 0; i < 3; ++i) copy(saved_.data() + i * words_, given_[i]);
  }

  void restore() noexcept {
    for (std::size_t i = 0; i < 3; ++i) {
      if (given_[i] == nullptr) continue;
      std::memcpy(given_[i], saved_.data() + i * words_, words_ * sizeof(fd_mask));
    }
  }
  void clear() noexcept {
    for (fd_set* each : given_) {
      if (each != nullptr) std::memset(each, 0, words_ * sizeof(fd_mask));
    }
  }
  std::vector<FdWait> wanted(int count) const {
    constexpr short kMeanings[] = {POLLIN, POLLOUT, POLLPRI};
    std::vector<FdWait> wanted;
    for (int fd = 0; fd < count; ++fd) {
      short events = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        const auto at = static_cast<std::size_t>(fd);
        const auto word = static_cast<unsigned long>(saved_[i * words_ + at / kBits]);
        if ((word >> (at % kBits) & 1) != 0) events = static_cast<short>(events | kMeanings[i]);
      }
      if (events != 0) wanted.push_back({fd, events});
    }
    return wanted;
  }

 private:
  static constexpr std::size_t kBits = 8 * sizeof(fd_mask);
  void copy(fd_mask* into, const fd_set* from) const noexcept {
    if (from != nullptr) std::memcpy(into, from, words_ * sizeof(fd_mask));
  }
  const std::size_t words_;
  std::vector<fd_mask> saved_;
  fd_set* const given_[3];
};

int select_until(int count, fd_set* read, fd_set* write, fd_set* except,
                 TimePoint deadline) noexcept try {
  Sets sets(count, read, write, except);
  const auto look = [&] {
    sets.restore();
    timeval none{};
    return real().select(count, read, write, except, &none);
  };
  if (const int found = look(); found != 0) return found;
  return poll_patiently(sets.wanted(count), deadline, look);
} catch (const std::bad_alloc&) {
  return no_memory();
}

// As Linux does: how much of the time is left.
void store_rest(timeval& timeout, TimePoint deadline) noexcept {
  const auto left = std::max(std::chrono::floor<std::chrono::microseconds>(deadline - Clock::now()),
                             std::chrono::microseconds(0));
  timeout = {left.count() / 1'000'000, left.count() % 1'000'000};
}

}  // namespace

TimePoint deadline_in(const timespec* timeout) noexcept {
  constexpr long kMostSeconds = 100 * 365 * 24 * 3600L;
  if (timeout == nullptr || timeout->tv_sec > kMostSeconds) return TimePoint::max();
  return Clock::now() + std::chrono::seconds(timeout->tv_sec) +
         std::chrono::nanoseconds(timeout->tv_nsec);
}

}  // namespace sluice::hook

using sluice::detail::may_park;
using sluice::hook::deadline_in;
using sluice::hook::poll_until;
using sluice::hook::real;
using sluice::hook::select_until;
using sluice::hook::valid;

SLUICE_HOOK int poll(pollfd* fds, nfds_t count, int milliseconds) {
  if (!may_park() || milliseconds == 0) return real().poll(fds, count, milliseconds);
  const timespec timeout{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  return poll_until(fds, count, deadline_in(milliseconds < 0 ? nullptr : &timeout));
}

SLUICE_HOOK int ppoll(pollfd* fds, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  if (!may_park() || (timeout != nullptr && !valid(*timeout))) {
    return real().ppoll(fds, count, timeout, mask);
  }
  // The mask is the thread's while the call lasts.
  if (mask != nullptr) {
    return sluice::blocking([&] { return real().ppoll(fds, count, timeout, mask); });
  }
  return poll_until(fds, count, deadline_in(timeout));
}

SLUICE_HOOK int select(int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout) {
  if (!may_park() || count < 0 ||
      (timeout != nullptr && (timeout->tv_sec < 0 || timeout->tv_usec < 0))) {
    return real().select(count, read, write, except, timeout);
  }
  if (timeout == nullptr) {
    return select_until(count, read, write, except, sluice::TimePoint::max());
  }
  const timespec span{timeout->tv_sec + timeout->tv_usec / 1'000'000,
                      timeout->tv_usec % 1'000'000 * 1000};
  const sluice::TimePoint deadline = deadline_in(&span);
  const int found = select_until(count, read, write, except, deadline);
  if (deadline != sluice::TimePoint::max()) sluice::hook::store_rest(*timeout, deadline);
  return found;
}

SLUICE_HOOK int pselect(int count, fd_set* read, fd_set* write, fd_set* except,
                        const timespec* timeout, const sigset_t* mask) {
  if (!may_park() || count < 0 || (timeout != nullptr && !valid(*timeout))) {
    return real().pselect(count, read, write, except, timeout, mask);
  }
  if (mask != nullptr) {
    return sluice::blocking(
        [&] { return real().pselect(count, read, write, except, timeout, mask); });
  }
  return select_until(count, read, write, except, deadline_in(timeout));
}
