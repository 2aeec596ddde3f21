// How a call that would block waits for its descriptor: as long as libc's would, by its own rules.
#pragma once

#include <sys/types.h>

#include <optional>

#include "sluice/detail/fd_wait.hpp"
#include "sluice/time.hpp"

namespace sluice::hook {

// errno of the thread that the caller runs on at this moment: a function that parks must not keep
// its address.
int error_now() noexcept;
void set_error(int error) noexcept;

// A direction: what poll calls it, and the socket option that limits how long it may take.
struct Direction {
  short events;
  int timeout;
};
Direction receiving() noexcept;
Direction sending() noexcept;

// Whether the program wants calls on this descriptor to block.
bool blocks(int fd) noexcept;
// Whether `fd` can be read or written now.
bool ready_now(int fd, short events) noexcept;

class Patience {
 public:
  Patience(int fd, Direction direction) noexcept : fd_(fd), direction_(direction) {}

  // After an attempt that failed: true when it was to be tried again, after the wait for that. Else
  // errno says how the call ends.
  bool wait_after_failure() noexcept;
  // Parks until the descriptor may be ready. False: errno says why not, EAGAIN for too late.
  bool wait() noexcept;

 private:
  const int fd_;
  const Direction direction_;
  std::optional<TimePoint> deadline_;  // known once somebody has to wait
};

// Calls `attempt`, which returns -1 with EAGAIN rather than block, until it does not. For a
// descriptor that does not block anyway, once.
template <class Attempt>
auto persist(int fd, Direction direction, Attempt attempt) noexcept {
  Patience patience(fd, direction);
  auto result = attempt();
  while (result < 0 && patience.wait_after_failure()) result = attempt();
  return result;
}

}  // namespace sluice::hook
