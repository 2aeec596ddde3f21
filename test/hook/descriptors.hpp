// Descriptors that block, as programs make them that know nothing of goroutines.
#pragma once

#include <gtest/gtest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"

namespace sluice::test {

class Fd {
 public:
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }
  operator int() const noexcept { return fd_; }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  // Closed, or owned, by somebody else.
  int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// Two ends; what is written to `writing` is read from `reading`, for sockets the other way too.
struct Ends {
  Fd reading;
  Fd writing;
};

inline Ends make_pipe() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

inline Ends make_sockets(int type = SOCK_STREAM) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

// On a port that the system chooses.
struct TcpListener {
  explicit TcpListener(int backlog = 16) : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd, peer(), size), 0);
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(::listen(fd, backlog), 0);
  }
  const sockaddr* peer() const { return reinterpret_cast<const sockaddr*>(&address); }
  sockaddr_in address{};
  Fd fd;
};

inline void limit(int fd, int option, std::chrono::milliseconds time) {
  const timeval limit{time.count() / 1000, time.count() % 1000 * 1000};
  EXPECT_EQ(::setsockopt(fd, SOL_SOCKET, option, &limit, sizeof limit), 0);
}

inline void stop_blocking(int fd) {
  EXPECT_EQ(::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
}

// Calls `then` in a goroutine once the caller, or somebody, has parked for input or output.
template <class F>
void once_parked(WaitGroup& wg, F then) {
  wg.go([then] {
    EXPECT_TRUE(eventually_parked("IO wait"));
    then();
  });
}

}  // namespace sluice::test

// A call fails as libc's does. The error is read by another function than the one that may park.
#define EXPECT_FAILS(call, error)                            \
  do {                                                       \
    const auto sluice_test_result = (call);                  \
    EXPECT_EQ(sluice_test_result, -1) << #call;              \
    EXPECT_EQ(::sluice::test::last_errno(), error) << #call; \
  } while (false)

namespace sluice::test {
__attribute__((noinline, no_sanitize("thread"))) inline int last_errno() { return errno; }
}  // namespace sluice::test
