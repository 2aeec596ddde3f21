// Operations of connections that a context ends.
#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "pair.hpp"
#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;
using test::connect;
using test::eventually_parked;
using test::Pair;

std::string read_word(const Conn& conn) {
  std::array<char, 16> buffer;
  return {buffer.data(), conn.read(buffer).size};
}

SLUICE_TEST(ConnContext, EndsAParkedRead) {
  const Pair pair = connect();
  auto [ctx, cancel] = with_cancel(Context::background());
  WaitGroup wg;
  wg.go([&, ctx = ctx] {
    std::array<char, 16> buffer;
    const IoResult got = pair.client.read(ctx, buffer);
    EXPECT_EQ(got.size, 0u);
    EXPECT_EQ(got.error, ContextError::canceled);
  });
  EXPECT_TRUE(eventually_parked("IO wait"));
  cancel();
  wg.wait();
  EXPECT_FALSE(pair.server.write("later").error);
  EXPECT_EQ(read_word(pair.client), "later") << "the connection stays as it is";
}

// The first has its turn and reads on.
SLUICE_TEST(ConnContext, EndsAReadThatWaitsForItsTurn) {
  const Pair pair = connect();
  auto [ctx, cancel] = with_cancel(Context::background());
  WaitGroup first, second;
  first.go([&] { EXPECT_EQ(read_word(pair.client), "word"); });
  EXPECT_TRUE(eventually_parked("IO wait"));
  second.go([&, ctx = ctx] {
    std::array<char, 16> buffer;
    EXPECT_EQ(pair.client.read(ctx, buffer).error, ContextError::canceled);
  });
  EXPECT_TRUE(eventually_parked("IO wait", 2));
  cancel();
  second.wait();
  EXPECT_FALSE(pair.server.write("word").error);
  first.wait();
}

// Cancelled, closed and served in any order, by several at once.
SLUICE_TEST(ConnContext, TurnsThatEndInEveryWay) {
  for (int round = 0; round < 100; ++round) {
    const Pair pair =
        connect("unix", "@sluice-" + std::to_string(getpid()) + "-" + std::to_string(round));
    auto [ctx, cancel] = with_cancel(Context::background());
    WaitGroup wg;
    for (int i = 0; i < 8; ++i) {
      wg.go([&, ctx = ctx, i] {
        std::array<char, 1> byte;
        const IoResult got = i % 2 == 0 ? pair.client.read(ctx, byte) : pair.client.read(byte);
        EXPECT_TRUE(!got || byte[0] == 'x');
      });
    }
    wg.go([&] { (void)pair.server.write("xxx"); });
    wg.go([&cancel = cancel] { cancel(); });
    wg.go([&] {
      if (round % 2 == 0) yield();
      (void)pair.client.close();
    });
    wg.wait();
  }
}

SLUICE_TEST(ConnContext, EndsAWriteThatNobodyReads) {
  const Pair pair = connect();
  auto [ctx, cancel] = with_timeout(Context::background(), 20ms);
  const std::string much(64 << 20, 'x');
  const IoResult written = pair.client.write(ctx, much);
  EXPECT_LT(written.size, much.size());
  EXPECT_EQ(written.error, ContextError::deadline_exceeded);
}

SLUICE_TEST(ConnContext, EndsAnAccept) {
  const auto [listener, error] = listen("tcp", "127.0.0.1:0");
  ASSERT_FALSE(error);
  {
    auto [ctx, cancel] = with_timeout(Context::background(), 5ms);
    EXPECT_EQ(listener.accept(ctx).error, ContextError::deadline_exceeded);
  }
  const Connected dialed = dial("tcp", listener.address());
  ASSERT_FALSE(dialed.error);
  EXPECT_FALSE(listener.accept(Context::background()).error);
}

SLUICE_TEST(ConnContext, AnEndedOneReadsNothing) {
  const Pair pair = connect();
  EXPECT_FALSE(pair.server.write("word").error);
  auto [ctx, cancel] = with_cancel(Context::background());
  cancel();
  std::array<char, 16> buffer;
  EXPECT_EQ(pair.client.read(ctx, buffer).error, ContextError::canceled);
  EXPECT_EQ(pair.client.write(ctx, "word").error, ContextError::canceled);
  EXPECT_EQ(read_word(pair.client), "word");
}

}  // namespace
}  // namespace sluice
