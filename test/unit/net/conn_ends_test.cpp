// How connections end: with the last bytes, by a reset, ten thousand of them.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "pair.hpp"
#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using test::connect;
using test::echo;
using test::Pair;
using test::read_all;

// Comes, says something and leaves with a reset: what both sides had still to send is thrown away.
void come_and_reset(std::string_view address) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(fd, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::uint16_t port = 0;
  std::from_chars(address.data() + address.rfind(':') + 1, address.data() + address.size(), port);
  to.sin_port = htons(port);
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  EXPECT_EQ(::send(fd, "hello", 5, MSG_NOSIGNAL), 5);
  const linger at_once{1, 0};
  EXPECT_EQ(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
  ::close(fd);
}

SLUICE_TEST(Conn, AResetIsAnErrorOfTheReader) {
  const auto [listener, error] = listen("tcp", "127.0.0.1:0");
  ASSERT_FALSE(error);
  come_and_reset(listener.address());
  const Connected made = listener.accept();
  ASSERT_FALSE(made.error) << made.error.message();
  std::error_code end;
  read_all(made.conn, &end);
  EXPECT_EQ(end, std::errc::connection_reset);
}

// A read that takes all there is knows that, and the next one waits at once: not for an end that
// has come with the last bytes.
void check_exact_reads(std::string_view network) {
  const std::string name = "@sluice-exact-" + std::to_string(getpid()) + "-";
  for (int round = 0; round < 50; ++round) {
    const Pair pair =
        connect(network, network == "tcp" ? "127.0.0.1:0" : name + std::to_string(round));
    WaitGroup wg;
    wg.go([&] {
      for (int i = 0; i < 8; ++i) {
        EXPECT_FALSE(pair.server.write("abcd").error);
        if ((i + round) % 3 == 0) yield();
      }
      EXPECT_FALSE(pair.server.close());
    });
    std::string all;
    std::array<char, 4> word;
    for (IoResult got; (got = pair.client.read(word)) || got.error != NetError::eof;) {
      ASSERT_FALSE(got.error) << got.error.message();
      all.append(word.data(), got.size);
      if (all.size() % 3 == 0) yield();
    }
    EXPECT_EQ(all.size(), 32u);
    wg.wait();
  }
}

SLUICE_TEST(Conn, ExactReadsMeetTheEnd) { check_exact_reads("tcp"); }
SLUICE_TEST(Conn, ExactReadsMeetTheEndOverAUnixSocket) { check_exact_reads("unix"); }

SLUICE_TEST(Conn, ExactReadsTakeTurns) {
  const Pair pair = connect();
  constexpr int kTrips = 2'000;
  WaitGroup wg;
  wg.go([&] { echo(pair.server); });
  std::array<char, 8> word;
  for (int i = 0; i < kTrips; ++i) {
    const std::size_t size = 1 + static_cast<std::size_t>(i) % 8;
    ASSERT_FALSE(pair.client.write({"12345678", size}).error);
    for (std::size_t done = 0; done < size;) {
      const IoResult got = pair.client.read(std::span(word).subspan(done, size - done));
      ASSERT_FALSE(got.error) << got.error.message();
      done += got.size;
    }
  }
  EXPECT_FALSE(pair.client.close());
  wg.wait();
}

// A third of them are cut off in the middle of whatever they do, and a third reset.
SLUICE_TEST(Conn, TenThousandComeAndGo) {
  const int count = test::kThreadSanitizer ? 500 : 10'000;
  const int at_once = 200;
  const auto [listener, error] = listen("tcp", "127.0.0.1:0");
  ASSERT_FALSE(error);
  std::atomic<int> served{0};
  const Chan<> all_served = make_chan();
  go([&, listener = listener] {
    WaitGroup echoes;
    for (;;) {
      const Connected made = listener.accept();
      if (made.error == NetError::closed) break;
      EXPECT_FALSE(made.error) << made.error.message();
      echoes.go([&, conn = made.conn] {
        echo(conn);
        ++served;
      });
    }
    echoes.wait();
    all_served.close();
  });
  std::atomic<int> whole{0};
  Semaphore places(at_once);
  WaitGroup wg;
  const std::string address = listener.address();
  for (int i = 0; i < count; ++i) {
    places.acquire();
    wg.go([&, i] {
      if (i % 3 == 0) {
        come_and_reset(address);
      } else {
        const Connected made = dial("tcp", address);
        EXPECT_FALSE(made.error) << made.error.message();
        if (i % 3 == 1) {
          go([conn = made.conn] {
            yield();
            EXPECT_FALSE(conn.close());
          });
        }
        std::array<char, 5> word;
        if (made.conn.write("hello") && made.conn.read(word)) ++whole;
      }
      places.release();
    });
  }
  wg.wait();
  EXPECT_TRUE(test::eventually([&] { return served == count; })) << served;
  EXPECT_FALSE(listener.close());
  all_served.recv();
  EXPECT_GE(whole, count / 3);
}

}  // namespace
}  // namespace sluice
