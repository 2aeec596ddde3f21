// What sluice::hook waits with, in place of libc's blocking calls. Knows no system call.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "sluice/detail/export.hpp"

namespace sluice::detail {

// Whether a call that would block may park in its place: the caller is a goroutine, has not said
// `blocking`, and is not the only one left in a child of fork.
SLUICE_EXPORT bool may_park() noexcept;

// A descriptor by its number, and what it is waited for, in the words of poll(2).
struct FdWait {
  int fd;
  short events;
};

enum class FdOutcome : std::uint8_t {
  ready,      // one of them may be ready: try again
  timed_out,  // the deadline has passed
  closed,     // one of the numbers has been closed meanwhile
  failed,     // there is no memory, or something that the system can't wait for
};

// Parks until one of them is ready, or is closed by somebody who says so (FdClosing). May return
// early. Any number of goroutines may wait for one descriptor.
SLUICE_EXPORT FdOutcome wait_fds(std::span<const FdWait> fds,
                                 std::chrono::steady_clock::time_point deadline) noexcept;

// Around the closing of a number, or its being made to refer to another file: whoever waits for it
// is woken when that is done.
class SLUICE_EXPORT FdClosing {
 public:
  explicit FdClosing(int fd) noexcept;
  FdClosing(const FdClosing&) = delete;
  FdClosing& operator=(const FdClosing&) = delete;
  ~FdClosing();

 private:
  void* const number_;  // null: nobody has ever waited for it
};

}  // namespace sluice::detail
