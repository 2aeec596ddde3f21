// connect and accept on sockets that block.
#include <sys/un.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <vector>

#include "hook/descriptors.hpp"
#include "support/goroutine_test.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

Fd tcp_socket() { return Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

int connect_to(int fd, const TcpListener& listener) {
  return ::connect(fd, listener.peer(), sizeof listener.address);
}

SLUICE_TEST(HookConnect, AcceptParksUntilSomebodyConnects) {
  for (const bool by_accept4 : {false, true}) {
    const TcpListener listener;
    const Fd client = tcp_socket();
    WaitGroup wg;
    once_parked(wg, [&] { EXPECT_EQ(connect_to(client, listener), 0); });
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const Fd server(by_accept4 ? ::accept4(listener.fd, reinterpret_cast<sockaddr*>(&from), &size,
                                           SOCK_NONBLOCK | SOCK_CLOEXEC)
                               : ::accept(listener.fd, reinterpret_cast<sockaddr*>(&from), &size));
    EXPECT_GE(server, 0);
    EXPECT_EQ((::fcntl(server, F_GETFL) & O_NONBLOCK) != 0, by_accept4);
    EXPECT_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    wg.wait();  // connect may come back later than accept
    EXPECT_EQ(::fcntl(client, F_GETFL) & O_NONBLOCK, 0) << "connect leaves the flags as they were";
  }
}

SLUICE_TEST(HookConnect, ManyMayAccept) {
  constexpr int count = 20;
  const TcpListener listener;
  std::atomic<int> accepted = 0;
  WaitGroup wg;
  for (int i = 0; i < count; ++i) {
    wg.go([&] {
      const Fd server(::accept(listener.fd, nullptr, nullptr));
      if (server >= 0) ++accepted;
    });
  }
  EXPECT_TRUE(eventually_parked("IO wait", count));
  std::vector<Fd> clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(tcp_socket());
    EXPECT_EQ(connect_to(clients.back(), listener), 0);
  }
  wg.wait();
  EXPECT_EQ(accepted, count);
}

SLUICE_TEST(HookConnect, AcceptKeepsItsTimeLimit) {
  const TcpListener listener;
  limit(listener.fd, SO_RCVTIMEO, 20ms);
  const TimePoint begin = Clock::now();
  EXPECT_FAILS(::accept(listener.fd, nullptr, nullptr), EAGAIN);
  EXPECT_GE(Clock::now() - begin, 20ms);
}

SLUICE_TEST(HookConnect, AcceptDoesNotWaitOnWhatDoesNotBlock) {
  const TcpListener listener;
  stop_blocking(listener.fd);
  EXPECT_FAILS(::accept(listener.fd, nullptr, nullptr), EAGAIN);
}

SLUICE_TEST(HookConnect, AcceptEndsWhenTheListenerIsClosed) {
  TcpListener listener;
  WaitGroup wg;
  once_parked(wg, [&] { listener.fd.reset(); });
  EXPECT_FAILS(::accept(listener.fd, nullptr, nullptr), EBADF);
  wg.wait();
}

SLUICE_TEST(HookConnect, IsRefused) {
  TcpListener listener;
  listener.fd.reset();
  const Fd client = tcp_socket();
  EXPECT_FAILS(connect_to(client, listener), ECONNREFUSED);
  EXPECT_EQ(::fcntl(client, F_GETFL) & O_NONBLOCK, 0);
}

// A listener whose queue is full does not answer.
SLUICE_TEST(HookConnect, KeepsItsTimeLimit) {
  const TcpListener listener(0);
  std::vector<Fd> waiting;
  const auto queued = [&] {
    waiting.push_back(tcp_socket());
    limit(waiting.back(), SO_SNDTIMEO, 100ms);
    return connect_to(waiting.back(), listener) == 0;
  };
  while (queued() && waiting.size() < 100) continue;
  EXPECT_EQ(last_errno(), EINPROGRESS);
  EXPECT_LT(waiting.size(), 100u);
}

SLUICE_TEST(HookConnect, DoesNotWaitOnWhatDoesNotBlock) {
  const TcpListener listener;
  const Fd client = tcp_socket();
  stop_blocking(client);
  EXPECT_FAILS(connect_to(client, listener), EINPROGRESS);
  EXPECT_NE(::fcntl(client, F_GETFL) & O_NONBLOCK, 0);
}

SLUICE_TEST(HookConnect, WaitsForAUnixListenerWithAFullQueue) {
  const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socklen_t size = sizeof(sa_family_t);  // the system gives it a name without a file
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  size = sizeof address;
  EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  EXPECT_EQ(::listen(listener, 0), 0);
  constexpr int count = 5;
  WaitGroup wg;
  for (int i = 0; i < count; ++i) {
    wg.go([&] {
      const Fd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
      EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), size), 0);
    });
  }
  for (int i = 0; i < count; ++i) EXPECT_GE(Fd(::accept(listener, nullptr, nullptr)), 0);
  wg.wait();
}

}  // namespace
}  // namespace sluice::test
