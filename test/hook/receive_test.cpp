// Calls that receive, on descriptors that block: they park, and end as libc's do.
#include <sys/eventfd.h>
#include <sys/uio.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include "hook/descriptors.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

using Receive = ssize_t (*)(int fd, void* into, std::size_t size);

ssize_t by_readv(int fd, void* into, std::size_t size) {
  const iovec parts[] = {{into, 1}, {static_cast<char*>(into) + 1, size - 1}};
  return ::readv(fd, parts, 2);
}
ssize_t by_recvmsg(int fd, void* into, std::size_t size) {
  iovec part{into, size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  return ::recvmsg(fd, &message, 0);
}
const Receive kForStreams[] = {&::read, &by_readv};
const Receive kForSockets[] = {
    &::read, &by_readv, &by_recvmsg,
    [](int fd, void* into, std::size_t size) { return ::recv(fd, into, size, 0); },
    [](int fd, void* into, std::size_t size) {
      return ::recvfrom(fd, into, size, 0, nullptr, nullptr);
    }};

// Parks until three bytes come, then reads to the end.
void expect_parks(const Receive& receive, Ends ends) {
  WaitGroup wg;
  once_parked(wg, [&] { EXPECT_EQ(::write(ends.writing, "abc", 3), 3); });
  std::array<char, 8> into{};
  EXPECT_EQ(receive(ends.reading, into.data(), into.size()), 3);
  EXPECT_EQ(std::string(into.data()), "abc");
  wg.wait();
  once_parked(wg, [&] { ends.writing.reset(); });
  EXPECT_EQ(receive(ends.reading, into.data(), into.size()), 0);
  wg.wait();
}

SLUICE_TEST(HookReceive, ParksUntilThereIsSomething) {
  for (const Receive& receive : kForStreams) expect_parks(receive, make_pipe());
  for (const Receive& receive : kForSockets) expect_parks(receive, make_sockets());
}

SLUICE_TEST(HookReceive, ParksForACounter) {
  const Fd counter(::eventfd(0, EFD_CLOEXEC));
  WaitGroup wg;
  once_parked(wg, [&] { EXPECT_EQ(::eventfd_write(counter, 7), 0); });
  std::uint64_t count = 0;
  EXPECT_EQ(::read(counter, &count, sizeof count), ssize_t{sizeof count});
  EXPECT_EQ(count, 7u);
  wg.wait();
}

SLUICE_TEST(HookReceive, GivesTheSenderOfADatagram) {
  const Fd to(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(to, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(to, reinterpret_cast<sockaddr*>(&address), &size), 0);
  WaitGroup wg;
  once_parked(wg, [&] {
    EXPECT_EQ(::sendto(to, "me", 2, 0, reinterpret_cast<sockaddr*>(&address), size), 2);
  });
  std::array<char, 8> into{};
  sockaddr_in from{};
  socklen_t from_size = sizeof from;
  EXPECT_EQ(
      ::recvfrom(to, into.data(), into.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size),
      2);
  EXPECT_EQ(from.sin_port, address.sin_port);
  EXPECT_EQ(from_size, sizeof from);
  wg.wait();
}

SLUICE_TEST(HookReceive, WaitsForAllThatIsAskedFor) {
  const Ends ends = make_sockets();
  WaitGroup wg;
  once_parked(wg, [&] {
    EXPECT_EQ(::send(ends.writing, "ab", 2, 0), 2);
    EXPECT_TRUE(eventually_parked("IO wait"));
    EXPECT_EQ(::send(ends.writing, "cd", 2, 0), 2);
  });
  std::array<char, 4> into{};
  EXPECT_EQ(::recv(ends.reading, into.data(), into.size(), MSG_WAITALL), 4);
  EXPECT_EQ(std::string(into.data(), 4), "abcd");
  wg.wait();
}

SLUICE_TEST(HookReceive, DoesNotWaitOnWhatDoesNotBlock) {
  const Ends sockets = make_sockets();
  std::array<char, 8> into{};
  EXPECT_FAILS(::recv(sockets.reading, into.data(), into.size(), MSG_DONTWAIT), EAGAIN);
  const Ends pipe = make_pipe();
  stop_blocking(sockets.reading);
  stop_blocking(pipe.reading);
  for (const Receive& receive : kForSockets) {
    EXPECT_FAILS(receive(sockets.reading, into.data(), into.size()), EAGAIN);
  }
  for (const Receive& receive : kForStreams) {
    EXPECT_FAILS(receive(pipe.reading, into.data(), into.size()), EAGAIN);
  }
}

SLUICE_TEST(HookReceive, KeepsTheTimeLimitOfASocket) {
  const Ends ends = make_sockets();
  limit(ends.reading, SO_RCVTIMEO, 20ms);
  std::array<char, 8> into{};
  for (const Receive& receive : kForSockets) {
    const TimePoint begin = Clock::now();
    EXPECT_FAILS(receive(ends.reading, into.data(), into.size()), EAGAIN);
    EXPECT_GE(Clock::now() - begin, 20ms);
  }
}

SLUICE_TEST(HookReceive, LeavesTheFlagsAlone) {
  const Ends ends = make_sockets();
  const int before = ::fcntl(ends.reading, F_GETFL);
  WaitGroup wg;
  once_parked(wg, [&] {
    EXPECT_EQ(::fcntl(ends.reading, F_GETFL), before);
    EXPECT_EQ(::send(ends.writing, "x", 1, 0), 1);
  });
  char byte = 0;
  EXPECT_EQ(::read(ends.reading, &byte, 1), 1);
  EXPECT_EQ(::fcntl(ends.reading, F_GETFL), before);
  wg.wait();
}

// By close, or by dup2 of another.
void expect_ends(Ends ends, bool replaced) {
  const Ends other = make_pipe();
  WaitGroup wg;
  once_parked(wg, [&] {
    if (replaced) {
      EXPECT_GE(::dup2(other.reading, ends.reading), 0);
    } else {
      ends.reading.reset();
    }
  });
  const int number = ends.reading;
  char byte = 0;
  EXPECT_FAILS(::read(number, &byte, 1), EBADF);
  wg.wait();
}

SLUICE_TEST(HookReceive, EndsWhenTheNumberIsClosed) {
  for (const bool replaced : {false, true}) {
    expect_ends(make_sockets(), replaced);
    expect_ends(make_pipe(), replaced);
  }
}

SLUICE_TEST(HookReceive, SeveralMayWaitForOne) {
  constexpr int count = 20;
  const Ends ends = make_pipe();
  std::atomic<int> got = 0;
  WaitGroup wg;
  for (int i = 0; i < count; ++i) {
    wg.go([&] {
      char byte = 0;
      EXPECT_EQ(::read(ends.reading, &byte, 1), 1);
      ++got;
    });
  }
  EXPECT_TRUE(eventually_parked("IO wait", count));
  for (int i = 0; i < count; ++i) EXPECT_EQ(::write(ends.writing, "x", 1), 1);
  wg.wait();
  EXPECT_EQ(got, count);
}

SLUICE_TEST(HookReceive, FailsAsLibcDoes) {
  char byte = 0;
  EXPECT_FAILS(::read(-1, &byte, 1), EBADF);
  EXPECT_FAILS(::recv(-1, &byte, 1, 0), EBADF);
  const Ends pipe = make_pipe();
  EXPECT_FAILS(::recv(pipe.reading, &byte, 1, 0), ENOTSOCK);
  EXPECT_FAILS(::read(pipe.writing, &byte, 1), EBADF);
  EXPECT_EQ(::read(pipe.reading, &byte, 0), 0);
}

SLUICE_TEST(HookReceive, ReadsFiles) {
  const Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  std::array<char, 4> into{};
  EXPECT_EQ(::read(file, into.data(), into.size()), 4);
  EXPECT_EQ(std::string(into.data(), 4), "\177ELF");
}

SLUICE_TEST(HookReceive, BlocksAThreadThatIsNoGoroutine) {
  const Ends ends = make_pipe();
  std::atomic<bool> done = false;
  ForeignThread thread([&] {
    char byte = 0;
    EXPECT_EQ(::read(ends.reading, &byte, 1), 1);
    done = true;
  });
  EXPECT_EQ(parked("IO wait"), 0u);
  EXPECT_EQ(::write(ends.writing, "x", 1), 1);
  EXPECT_TRUE(eventually([&] { return done.load(); }));
}

SLUICE_TEST(HookReceive, BlocksWhoeverHasSaidSo) {
  const Ends ends = make_pipe();
  WaitGroup wg;
  std::atomic<bool> begun = false;
  wg.go([&] {
    EXPECT_TRUE(eventually([&] { return begun.load(); }));
    EXPECT_EQ(parked("IO wait"), 0u);
    EXPECT_EQ(::write(ends.writing, "x", 1), 1);
  });
  char byte = 0;
  begun = true;
  EXPECT_EQ(blocking([&] { return ::read(ends.reading, &byte, 1); }), 1);
  wg.wait();
}

TEST(HookReceive, IsLibcsOutsideOfARun) {
  const Ends ends = make_sockets();
  EXPECT_EQ(::write(ends.writing, "abc", 3), 3);
  std::array<char, 8> into{};
  EXPECT_EQ(::recv(ends.reading, into.data(), into.size(), 0), 3);
  limit(ends.reading, SO_RCVTIMEO, 1ms);
  EXPECT_FAILS(::recv(ends.reading, into.data(), into.size(), 0), EAGAIN);
}

}  // namespace
}  // namespace sluice::test
