// Connections over TCP and Unix sockets, after Go's own tests of package net.
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "pair.hpp"
#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;
using test::connect;
using test::echo;
using test::Pair;
using test::read_all;

std::string socket_path(const char* name) {
  return "/tmp/sluice-net-" + std::to_string(getpid()) + "-" + name;
}

void check_echo(std::string_view network, std::string_view address) {
  const Pair pair = connect(network, address);
  WaitGroup wg;
  wg.go([&] {
    echo(pair.server);
    EXPECT_FALSE(pair.server.close_write());
  });
  const std::string text(100'000, 'x');
  wg.go([&] {
    const IoResult written = pair.client.write(text);
    EXPECT_FALSE(written.error);
    EXPECT_EQ(written.size, text.size());
    EXPECT_FALSE(pair.client.close_write());
  });
  std::error_code end;
  EXPECT_EQ(read_all(pair.client, &end), text);
  EXPECT_EQ(end, NetError::eof);
  wg.wait();
}

SLUICE_TEST(Conn, EchoesOverTcp) { check_echo("tcp", "127.0.0.1:0"); }
SLUICE_TEST(Conn, EchoesOverIpv6) { check_echo("tcp6", "[::1]:0"); }
SLUICE_TEST(Conn, EchoesOverAUnixSocket) {
  const std::string path = socket_path("echo");
  check_echo("unix", path);
  // Its last handle may be that of the goroutine which accepted, and is about to end.
  EXPECT_TRUE(test::eventually([&] { return access(path.c_str(), F_OK) != 0; }))
      << "the file goes with the listener";
}

SLUICE_TEST(Conn, KnowsItsAddresses) {
  const Pair pair = connect();
  EXPECT_EQ(pair.client.remote_address(), pair.listener.address());
  EXPECT_EQ(pair.server.remote_address(), pair.client.local_address());
  EXPECT_TRUE(pair.client.local_address().starts_with("127.0.0.1:"));
}

SLUICE_TEST(Conn, ADeadlineEndsARead) {
  const Pair pair = connect();
  std::array<char, 1> byte;
  const TimePoint begin = Clock::now();
  EXPECT_FALSE(pair.client.set_read_deadline(begin + 10ms));
  EXPECT_EQ(pair.client.read(byte).error, NetError::deadline_exceeded);
  EXPECT_GE(Clock::now() - begin, 10ms);
  EXPECT_EQ(pair.client.read(byte).error, std::errc::timed_out) << "until it is moved";
  EXPECT_FALSE(pair.client.set_deadline(TimePoint::max()));
  EXPECT_TRUE(pair.server.write("x"));
  EXPECT_TRUE(pair.client.read(byte));
}

SLUICE_TEST(Conn, APastDeadlineEndsAParkedRead) {
  const Pair pair = connect();
  go([pair] {
    EXPECT_TRUE(test::eventually_parked("IO wait"));
    EXPECT_FALSE(pair.client.set_deadline(Clock::now() - 1s));
  });
  std::array<char, 1> byte;
  EXPECT_EQ(pair.client.read(byte).error, NetError::deadline_exceeded);
}

SLUICE_TEST(Conn, ADeadlineEndsAWriteThatNobodyReads) {
  const Pair pair = connect();
  const std::string much(16 << 20, 'x');
  EXPECT_FALSE(pair.client.set_write_deadline(Clock::now() + 100ms));
  const IoResult written = pair.client.write(much);
  EXPECT_EQ(written.error, NetError::deadline_exceeded);
  EXPECT_GT(written.size, 0u);
  EXPECT_LT(written.size, much.size());
}

SLUICE_TEST(Conn, CloseWakesAReader) {
  const Pair pair = connect();
  go([pair] {
    EXPECT_TRUE(test::eventually_parked("IO wait"));
    EXPECT_FALSE(pair.client.close());
  });
  std::array<char, 1> byte;
  EXPECT_EQ(pair.client.read(byte).error, NetError::closed);
  EXPECT_EQ(pair.client.read(byte).error, NetError::closed);
  EXPECT_EQ(pair.client.close(), NetError::closed);
  EXPECT_EQ(pair.server.read(byte).error, NetError::eof) << "the other side hears of it at once";
}

SLUICE_TEST(Conn, CloseWakesAllReaders) {
  const Pair pair = connect();
  WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([&] {
      std::array<char, 1> byte;
      EXPECT_EQ(pair.client.read(byte).error, NetError::closed);
    });
  }
  EXPECT_TRUE(test::eventually_parked("IO wait", 10));
  EXPECT_FALSE(pair.client.close());
  wg.wait();
}

SLUICE_TEST(Conn, ManyReadersShareWhatComes) {
  const Pair pair = connect();
  std::atomic<int> bytes{0};
  WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([&] {
      std::array<char, 1> byte;
      while (pair.client.read(byte)) ++bytes;
    });
  }
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(pair.server.write("x"));
  EXPECT_FALSE(pair.server.close());
  wg.wait();
  EXPECT_EQ(bytes, 100);
}

SLUICE_TEST(Conn, EachWriteIsWhole) {
  const Pair pair = connect();
  constexpr std::size_t size = 200'000;  // more than a socket takes at once
  WaitGroup wg;
  for (char letter : {'a', 'b', 'c'}) {
    wg.go([&pair, letter] { EXPECT_TRUE(pair.server.write(std::string(size, letter))); });
  }
  go([&wg, pair] {
    wg.wait();
    EXPECT_FALSE(pair.server.close());
  });
  const std::string all = read_all(pair.client);
  ASSERT_EQ(all.size(), 3 * size);
  int changes = 0;
  for (std::size_t i = 1; i < all.size(); ++i) changes += all[i] != all[i - 1];
  EXPECT_EQ(changes, 2);
}

SLUICE_TEST(Conn, AWriteToWhoIsGoneFails) {
  const Pair pair = connect();
  EXPECT_FALSE(pair.server.close());
  EXPECT_TRUE(test::eventually([&] {
    const std::error_code error = pair.client.write("x").error;
    return error == std::errc::broken_pipe || error == std::errc::connection_reset;
  }));
}

SLUICE_TEST(Conn, HalfOfItCanBeClosed) {
  const Pair pair = connect();
  EXPECT_FALSE(pair.client.close_write());
  EXPECT_EQ(read_all(pair.server), "");
  EXPECT_TRUE(pair.server.write("still there"));
  EXPECT_FALSE(pair.server.close());
  EXPECT_EQ(read_all(pair.client), "still there");
  EXPECT_EQ(pair.client.write("x").error, std::errc::broken_pipe);
}

SLUICE_TEST(Conn, NilFails) {
  std::array<char, 1> byte;
  EXPECT_EQ(Conn().read(byte).error, std::errc::invalid_argument);
  EXPECT_EQ(Conn().close(), std::errc::invalid_argument);
  EXPECT_EQ(Listener().accept().error, std::errc::invalid_argument);
}

SLUICE_TEST(Conn, GoesWithItsLastHandle) {
  Pair pair = connect();
  pair.client = Conn();
  EXPECT_EQ(read_all(pair.server), "");
}

SLUICE_TEST(Listener, CloseWakesWhoAccepts) {
  const auto [listener, error] = listen("tcp", "127.0.0.1:0");
  ASSERT_FALSE(error);
  const std::string address = listener.address();
  go([listener = listener] {
    EXPECT_TRUE(test::eventually_parked("IO wait"));
    EXPECT_FALSE(listener.close());
  });
  EXPECT_EQ(listener.accept().error, NetError::closed);
  EXPECT_FALSE(listen("tcp", address).error) << "the address is free at once";
}

SLUICE_TEST(Listener, AcceptsUntilItsDeadline) {
  const auto [listener, error] = listen("tcp", "127.0.0.1:0");
  EXPECT_FALSE(listener.set_deadline(Clock::now() + 5ms));
  EXPECT_EQ(listener.accept().error, NetError::deadline_exceeded);
}

SLUICE_TEST(Listener, TwoCannotHaveOneAddress) {
  const auto [listener, error] = listen("tcp", "127.0.0.1:0");
  EXPECT_EQ(listen("tcp", listener.address()).error, std::errc::address_in_use);
}

SLUICE_TEST(Listener, HearsBothInternets) {
  const auto [listener, error] = listen("tcp", ":0");
  ASSERT_FALSE(error) << error.message();
  const std::string address = listener.address();
  const std::string port = address.substr(address.rfind(':'));
  EXPECT_FALSE(dial("tcp", "127.0.0.1" + port).error);
  EXPECT_FALSE(dial("tcp", "[::1]" + port).error);
}

SLUICE_TEST(Dial, FailsWhereNobodyListens) {
  auto [listener, error] = listen("tcp", "127.0.0.1:0");
  const std::string address = listener.address();
  EXPECT_FALSE(listener.close());
  EXPECT_EQ(dial("tcp", address).error, std::errc::connection_refused);
  EXPECT_EQ(dial("unix", socket_path("nobody")).error, std::errc::no_such_file_or_directory);
}

SLUICE_TEST(Dial, RefusesWhatIsNoAddress) {
  EXPECT_EQ(dial("tcp", "127.0.0.1").error, NetError::bad_address);
  EXPECT_EQ(dial("tcp", "::1:80").error, NetError::bad_address);
  EXPECT_EQ(dial("carrier pigeon", "127.0.0.1:80").error, NetError::unknown_network);
  EXPECT_EQ(dial("unix", std::string(200, 'x')).error, std::errc::invalid_argument);
}

SLUICE_TEST(Dial, FindsLocalhost) {
  const auto [listener, error] = listen("tcp4", "localhost:0");
  ASSERT_FALSE(error) << error.message();
  const std::string address = listener.address();
  const Connected made = dial("tcp4", "localhost" + address.substr(address.rfind(':')));
  EXPECT_FALSE(made.error) << made.error.message();
  const Resolved found = lookup_host("localhost");
  EXPECT_FALSE(found.error);
  EXPECT_FALSE(found.addresses.empty());
}

SLUICE_TEST(Dial, AnEndedContextIsNotBegunWith) {
  auto [ctx, cancel] = with_cancel(Context::background());
  cancel();
  EXPECT_EQ(dial(ctx, "tcp", "127.0.0.1:1").error, ContextError::canceled);
  EXPECT_EQ(lookup_host(ctx, "localhost").error, ContextError::canceled);
}

// So few numbers are left that a connection is made, and can't be accepted.
SLUICE_TEST(Listener, LivesOnWithoutDescriptors) {
  const auto [listener, error] = listen("tcp", "127.0.0.1:0");
  ASSERT_FALSE(error);
  const Connected waiting = dial("tcp", listener.address());
  ASSERT_FALSE(waiting.error);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const std::error_code refused = listener.accept().error;
  const std::error_code undialed = dial("tcp", listener.address()).error;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(refused, std::errc::too_many_files_open);
  EXPECT_EQ(undialed, std::errc::too_many_files_open);
  EXPECT_FALSE(listener.accept().error);
}

SLUICE_TEST(Conn, AThreadUsesItToo) {
  const Pair pair = connect();
  test::ForeignThread thread([&] { echo(pair.server); });
  EXPECT_TRUE(pair.client.write("hello"));
  std::array<char, 5> word;
  EXPECT_TRUE(pair.client.read(word));
  EXPECT_EQ(std::string(word.data(), word.size()), "hello");
  EXPECT_FALSE(pair.client.close());
}

}  // namespace
}  // namespace sluice
