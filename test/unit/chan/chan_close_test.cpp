// What close does to those who wait, to what is buffered, and to those who come later.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

SLUICE_TEST(ChanClose, BufferedValuesComeOutInOrderThenNothingForEver) {
  for (std::size_t capacity = 1; capacity < 50; ++capacity) {
    const auto ch = make_chan<std::size_t>(capacity);
    for (std::size_t i = 0; i < capacity; ++i) ch.send(i);
    ch.close();
    EXPECT_EQ(ch.size(), capacity);
    for (std::size_t i = 0; i < capacity; ++i) EXPECT_EQ(i % 2 ? ch.recv() : ch.try_recv(), i);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(ch.recv(), std::nullopt);
      EXPECT_EQ(ch.try_recv(), std::nullopt);
    }
  }
}

SLUICE_TEST(ChanClose, WakesEveryParkedReceiver) {
  for (std::size_t capacity : {0, 1, 5}) {
    const auto ch = make_chan<int>(capacity);
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) wg.go([=] { EXPECT_EQ(ch.recv(), std::nullopt); });
    ASSERT_TRUE(test::eventually_parked("chan receive", 10));
    ch.close();
    wg.wait();
  }
}

SLUICE_TEST(ChanClose, ParkedSendersPanicAndTheirValuesStayOut) {
  for (std::size_t capacity : {0, 2}) {
    const auto ch = make_chan<std::string>(capacity);
    for (std::size_t i = 0; i < capacity; ++i) ch.send("buffered");
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.go([=] { EXPECT_PANIC(ch.send("too late"), "send on closed channel"); });
    }
    ASSERT_TRUE(test::eventually_parked("chan send", 10));
    ch.close();
    wg.wait();
    for (std::size_t i = 0; i < capacity; ++i) EXPECT_EQ(ch.recv(), "buffered");
    EXPECT_EQ(ch.recv(), std::nullopt);
  }
}

SLUICE_TEST(ChanClose, SendAfterwardsPanicsAndLeavesNothing) {
  for (std::size_t capacity : {0, 1, 5}) {
    const auto ch = make_chan<int>(capacity);
    ch.close();
    EXPECT_PANIC(ch.send(1), "send on closed channel");
    EXPECT_PANIC(ch.try_send(1), "send on closed channel");
    EXPECT_PANIC(select(on_send(ch, 1)), "send on closed channel");
    EXPECT_PANIC(try_select(on_send(ch, 1)), "send on closed channel");
    EXPECT_EQ(ch.size(), 0u);
    EXPECT_EQ(ch.recv(), std::nullopt);
  }
}

SLUICE_TEST(ChanClose, TwicePanics) {
  const auto ch = make_chan();
  ch.close();
  EXPECT_PANIC(ch.close(), "close of closed channel");
  const auto buffered = make_chan<int>(3);
  SendChan<int>(buffered).close();
  EXPECT_PANIC(buffered.close(), "close of closed channel");
}

SLUICE_TEST(ChanClose, OfNilPanics) {
  EXPECT_PANIC(Chan<int>{}.close(), "close of nil channel");
  EXPECT_PANIC(SendChan<int>{}.close(), "close of nil channel");
}

SLUICE_TEST(ChanClose, EndsIteration) {
  const auto ch = make_chan<int>(2);
  go([=] {
    for (int i = 0; i < 10; ++i) ch.send(i);
    ch.close();
  });
  int sum = 0;
  for (int value : ch) sum += value;
  EXPECT_EQ(sum, 45);
  for (int value : RecvChan<int>(ch)) ADD_FAILURE() << value;
}

// The receiver must see the value or the close, never "not ready": only one of them can be true at
// any time.
SLUICE_TEST(ChanClose, RacingWithTryRecvNeverLosesTheValue) {
  for (int round = 0; round < test::rounds(3000); ++round) {
    const auto ch = make_chan<int>(1);
    ch.send(5);
    const auto done = make_chan();
    go([=] {
      ch.close();
      done.close();
    });
    EXPECT_EQ(ch.try_recv(), 5);
    done.recv();
    EXPECT_EQ(ch.recv(), std::nullopt);
  }
}

// select's default must not be taken while a value or the close is there.
SLUICE_TEST(ChanClose, RacingWithTrySelectIsNeverNotReady) {
  for (int round = 0; round < test::rounds(3000); ++round) {
    const auto ch = make_chan<int>(1);
    ch.send(5);
    const auto done = make_chan();
    go([=] {
      ch.close();
      done.close();
    });
    std::optional<int> value;
    EXPECT_EQ(try_select(on_recv(ch, value)), 0);
    EXPECT_EQ(value, 5);
    EXPECT_EQ(select(on_recv(ch, value)), 0);
    EXPECT_EQ(value, std::nullopt);
    done.recv();
  }
}

SLUICE_TEST(ChanClose, HappensBeforeTheReceiveThatSeesIt) {
  for (int round = 0; round < test::rounds(1000); ++round) {
    const auto ch = make_chan();
    int written = 0;
    go([&, ch] {
      written = round;
      ch.close();
    });
    ch.recv();
    EXPECT_EQ(written, round);
  }
}

}  // namespace
}  // namespace sluice
