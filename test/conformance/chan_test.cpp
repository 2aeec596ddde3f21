// Channels as Go's own tests describe them: who waits, by capacity and by state, and what they
// carry.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

constexpr std::size_t kCapacities = 200;

std::vector<Chan<int>> one_of_each_capacity() {
  std::vector<Chan<int>> all;
  for (std::size_t capacity = 0; capacity < kCapacities; ++capacity) {
    all.push_back(make_chan<int>(capacity));
  }
  return all;
}

void fill(const Chan<int>& ch) {
  while (ch.size() < ch.capacity()) ch.send(static_cast<int>(ch.size()));
}

SLUICE_TEST_ON(ConformanceChan, RecvOnEmptyBlocksForEveryCapacity, 1, 2, 8) {
  const std::vector<Chan<int>> channels = one_of_each_capacity();
  std::atomic<int> by_value{0};
  std::atomic<int> by_test{0};
  std::atomic<int> by_select{0};
  WaitGroup wg;
  for (const Chan<int>& ch : channels) {
    wg.go([&, ch] { by_value += ch.recv().value(); });
    wg.go([&, ch] {
      if (const std::optional<int> value = ch.recv()) by_test += *value;
    });
    wg.go([&, ch] {
      std::optional<int> value;
      if (select(on_recv(ch, value), on_recv(Chan<int>{})) == 0) by_select += value.value();
    });
  }
  ASSERT_TRUE(test::eventually_parked("chan receive", 2 * kCapacities));
  ASSERT_TRUE(test::eventually_parked("select", kCapacities));
  EXPECT_EQ(by_value + by_test + by_select, 0) << "somebody received from an empty channel";
  for (const Chan<int>& ch : channels) {
    for (int i = 0; i < 3; ++i) ch.send(1);
  }
  wg.wait();
  EXPECT_EQ(by_value, static_cast<int>(kCapacities));
  EXPECT_EQ(by_test, static_cast<int>(kCapacities));
  EXPECT_EQ(by_select, static_cast<int>(kCapacities));
}

SLUICE_TEST_ON(ConformanceChan, TryRecvOnEmptyReportsNothingForEveryCapacity, 1, 2, 8) {
  for (const Chan<int>& ch : one_of_each_capacity()) {
    EXPECT_EQ(ch.try_recv(), std::nullopt);
    std::optional<int> value = 77;
    EXPECT_EQ(try_select(on_recv(ch, value)), -1);
    EXPECT_EQ(value, 77);
    EXPECT_EQ(try_select(on_recv(ch)), -1);
    EXPECT_EQ(ch.size(), 0u);
  }
}

SLUICE_TEST_ON(ConformanceChan, SendOnFullBlocksForEveryCapacity, 1, 2, 8) {
  const std::vector<Chan<int>> channels = one_of_each_capacity();
  std::atomic<int> sent{0};
  WaitGroup wg;
  for (const Chan<int>& ch : channels) {
    fill(ch);
    wg.go([&, ch] {
      ch.send(static_cast<int>(ch.capacity()));
      ++sent;
    });
  }
  ASSERT_TRUE(test::eventually_parked("chan send", kCapacities));
  EXPECT_EQ(sent, 0) << "somebody sent on a full channel";
  for (const Chan<int>& ch : channels) {
    for (int i = 0; i <= static_cast<int>(ch.capacity()); ++i) EXPECT_EQ(ch.recv(), i);
  }
  wg.wait();
  EXPECT_EQ(sent, static_cast<int>(kCapacities));
}

SLUICE_TEST_ON(ConformanceChan, TrySendOnFullDoesNotBlockForEveryCapacity, 1, 2, 8) {
  for (const Chan<int>& ch : one_of_each_capacity()) {
    fill(ch);
    EXPECT_FALSE(ch.try_send(-1));
    EXPECT_EQ(try_select(on_send(ch, -1)), -1);
    EXPECT_EQ(ch.size(), ch.capacity());
    for (int i = 0; i < static_cast<int>(ch.capacity()); ++i) EXPECT_EQ(ch.recv(), i);
    EXPECT_EQ(ch.try_recv(), std::nullopt) << "a refused value got in";
  }
}

SLUICE_TEST_ON(ConformanceChan, CloseLeavesBufferedValuesInOrderThenNothing, 1, 2, 8) {
  for (const Chan<int>& ch : one_of_each_capacity()) {
    fill(ch);
    ch.close();
    for (int i = 0; i < static_cast<int>(ch.capacity()); ++i) {
      std::optional<int> value;
      switch (i % 4) {
        case 0:
          value = ch.recv();
          break;
        case 1:
          value = ch.try_recv();
          break;
        case 2:
          EXPECT_EQ(select(on_recv(ch, value)), 0);
          break;
        default:
          EXPECT_EQ(try_select(on_recv(ch, value)), 0);
      }
      ASSERT_EQ(value, i) << "capacity " << ch.capacity();
    }
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ch.recv(), std::nullopt);
  }
}

SLUICE_TEST_ON(ConformanceChan, CloseWakesBlockedReceiversForEveryCapacity, 1, 2, 8) {
  const std::vector<Chan<int>> channels = one_of_each_capacity();
  WaitGroup wg;
  std::atomic<int> empty{0};
  for (const Chan<int>& ch : channels) {
    wg.go([&, ch] { empty += ch.recv().has_value() ? 0 : 1; });
  }
  ASSERT_TRUE(test::eventually_parked("chan receive", kCapacities));
  for (const Chan<int>& ch : channels) ch.close();
  wg.wait();
  EXPECT_EQ(empty, static_cast<int>(kCapacities));
}

SLUICE_TEST_ON(ConformanceChan, SizeAndCapacityCount, 1, 2, 8) {
  EXPECT_EQ(make_chan<int>().size(), 0u);
  EXPECT_EQ(make_chan<int>().capacity(), 0u);
  EXPECT_EQ(make_chan().capacity(), 0u);
  for (const Chan<int>& ch : one_of_each_capacity()) {
    const std::size_t capacity = ch.capacity();
    for (std::size_t i = 0; i < capacity; ++i) {
      EXPECT_EQ(ch.size(), i);
      ch.send(1);
      EXPECT_EQ(ch.capacity(), capacity);
    }
    EXPECT_EQ(ch.size(), capacity);
    for (std::size_t i = capacity; i > 0; --i) {
      ch.recv();
      EXPECT_EQ(ch.size(), i - 1);
    }
  }
}

SLUICE_TEST_ON(ConformanceChan, SendOnClosedPanicsInEveryForm, 1, 2, 8) {
  for (std::size_t capacity : {0, 1, 10}) {
    const auto ch = make_chan<int>(capacity);
    const auto other = make_chan<int>();
    ch.close();
    EXPECT_PANIC(ch.send(1), "send on closed channel");
    EXPECT_PANIC(ch.try_send(1), "send on closed channel");
    EXPECT_PANIC(select(on_send(ch, 1)), "send on closed channel");
    EXPECT_PANIC(select(on_recv(other), on_send(ch, 1)), "send on closed channel");
    EXPECT_PANIC(try_select(on_send(ch, 1)), "send on closed channel");
    EXPECT_PANIC(try_select(on_send(ch, 1), on_send(other, 1)), "send on closed channel");
    EXPECT_EQ(ch.size(), 0u);
    EXPECT_EQ(ch.recv(), std::nullopt);
    EXPECT_EQ(other.try_recv(), std::nullopt);
  }
}

// Also those who came before the close; what was buffered before them stays.
SLUICE_TEST_ON(ConformanceChan, CloseMakesBlockedSendersPanic, 1, 2, 8) {
  for (std::size_t capacity : {0, 3}) {
    const auto ch = make_chan<int>(capacity);
    fill(ch);
    WaitGroup wg;
    for (int i = 0; i < 5; ++i) {
      wg.go([=] { EXPECT_PANIC(ch.send(-1), "send on closed channel"); });
      wg.go([=] {
        EXPECT_PANIC(select(on_send(ch, -1), on_recv(Chan<int>{})), "send on closed channel");
      });
    }
    ASSERT_TRUE(test::eventually_parked("chan send", 5));
    ASSERT_TRUE(test::eventually_parked("select", 5));
    ch.close();
    wg.wait();
    for (int i = 0; i < static_cast<int>(capacity); ++i) EXPECT_EQ(ch.recv(), i);
    EXPECT_EQ(ch.recv(), std::nullopt);
  }
}

SLUICE_TEST_ON(ConformanceChan, CloseOfNilOrClosedAndBadSizesPanic, 1, 2, 8) {
  EXPECT_PANIC(Chan<int>{}.close(), "close of nil channel");
  EXPECT_PANIC(SendChan<std::string>{}.close(), "close of nil channel");
  for (std::size_t capacity : {0, 1}) {
    const auto ch = make_chan<int>(capacity);
    ch.close();
    EXPECT_PANIC(ch.close(), "close of closed channel");
    EXPECT_PANIC(SendChan<int>(ch).close(), "close of closed channel");
  }
  for (const std::int64_t size : {std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    EXPECT_PANIC(make_chan<int>(static_cast<std::size_t>(size)), "makechan: size out of range");
  }
  // They are errors of one type that a program may catch, as it may catch any exception.
  EXPECT_THROW(Chan<int>{}.close(), std::logic_error);
}

SLUICE_CHILD(conformance_send_to_nil) {
  return run([] { Chan<int>{}.send(1); });
}
SLUICE_CHILD(conformance_recv_from_nil) {
  return run([] { (void)Chan<int>{}.recv(); });
}
SLUICE_CHILD(conformance_range_over_nil) {
  return run([] {
    int count = 0;
    for (int value : Chan<int>{}) count += value;
    return count;
  });
}

TEST(ConformanceChan, NilChannelBlocksForEver) {
  const char* const asleep = "fatal error: all goroutines are asleep - deadlock!\n";
  EXPECT_TRUE(test::expect_fatal(conformance_send_to_nil, asleep).in_state("chan send (nil chan)"));
  EXPECT_TRUE(
      test::expect_fatal(conformance_recv_from_nil, asleep).in_state("chan receive (nil chan)"));
  EXPECT_TRUE(
      test::expect_fatal(conformance_range_over_nil, asleep).in_state("chan receive (nil chan)"));
}

SLUICE_TEST_ON(ConformanceChan, NilChannelIsNeverChosen, 1, 2, 8) {
  const Chan<int> nil;
  const auto ch = make_chan<int>(1);
  EXPECT_FALSE(nil.try_send(1));
  EXPECT_EQ(nil.try_recv(), std::nullopt);
  EXPECT_EQ(try_select(on_send(nil, 1), on_recv(nil)), -1);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(select(on_send(nil, 1), on_recv(nil), on_send(ch, i)), 2);
    std::optional<int> value;
    EXPECT_EQ(select(on_recv(nil), on_recv(ch, value), on_send(nil, 1)), 1);
    EXPECT_EQ(value, i);
  }
}

SLUICE_TEST_ON(ConformanceChan, RecvFromClosedNeverBlocksInAnyForm, 1, 2, 8) {
  for (std::size_t capacity : {0, 1, 10}) {
    const auto closed = make_chan<int>(capacity);
    const auto open = make_chan<int>();
    const auto also_closed = make_chan<int>();
    closed.close();
    also_closed.close();
    EXPECT_EQ(closed.recv(), std::nullopt);
    EXPECT_EQ(closed.try_recv(), std::nullopt);
    std::optional<int> value = 5;
    EXPECT_EQ(select(on_recv(closed, value)), 0);
    EXPECT_EQ(value, std::nullopt);
    EXPECT_EQ(try_select(on_recv(closed)), 0);
    value = 5;
    EXPECT_EQ(select(on_recv(open), on_recv(closed, value)), 1);
    EXPECT_EQ(value, std::nullopt);
    EXPECT_EQ(try_select(on_recv(open), on_recv(closed)), 1);
    EXPECT_EQ(select(on_send(open, 1), on_recv(open), on_recv(closed)), 2);
    EXPECT_NE(select(on_recv(also_closed), on_recv(closed)), -1);
    EXPECT_NE(try_select(on_recv(open), on_recv(also_closed), on_recv(closed)), -1);
    for (int each : closed) ADD_FAILURE() << "received " << each;
  }
}

SLUICE_TEST_ON(ConformanceChan, ZeroSizedElementsAreCounted, 1, 2, 8) {
  for (std::size_t capacity : {0, 1, 7}) {
    const auto ch = make_chan(capacity);
    for (std::size_t i = 0; i < capacity; ++i) ch.send();
    EXPECT_FALSE(ch.try_send());
    EXPECT_EQ(ch.size(), capacity);
    go([=] {
      for (int i = 0; i < 100; ++i) ch.send();
      ch.close();
    });
    std::size_t count = 0;
    for (Unit each : ch) count += each == Unit{} ? 1 : 0;
    EXPECT_EQ(count, capacity + 100);
  }
}

struct Shape {
  virtual ~Shape() = default;
  virtual int area() const = 0;
};
struct Square : Shape {
  explicit Square(int s) : side(s) {}
  int area() const override { return side * side; }
  int side;
};

SLUICE_TEST_ON(ConformanceChan, CarriesChannelsAndInterfaces, 1, 2, 8) {
  const auto requests = make_chan<Chan<Chan<int>>>();
  go([=] {
    for (const Chan<Chan<int>>& request : requests) {
      for (int i = 0; const Chan<int>& reply : request) reply.send(i++);
    }
  });
  const auto request = make_chan<Chan<int>>();
  requests.send(request);
  for (int i = 0; i < 20; ++i) {
    const auto reply = make_chan<int>();
    request.send(reply);
    EXPECT_EQ(reply.recv(), i);
  }
  request.close();
  requests.close();
  const auto shapes = make_chan<std::unique_ptr<Shape>>(1);
  go([=] {
    for (int side = 1; side <= 3; ++side) shapes.send(std::make_unique<Square>(side));
    shapes.close();
  });
  int area = 0;
  for (const std::unique_ptr<Shape>& shape : shapes) area += shape->area();
  EXPECT_EQ(area, 1 + 4 + 9);
  const auto any = make_chan<std::variant<int, std::string>>(2);
  any.send(1);
  any.send("two");
  EXPECT_EQ(std::get<int>(any.recv().value()), 1);
  EXPECT_EQ(std::get<std::string>(any.recv().value()), "two");
}

// A channel that holds a value until it is closed is ready at any moment.
SLUICE_TEST_ON(ConformanceChan, CloseRacingWithTryRecvIsNeverNotReady, 1, 2, 8) {
  for (int round = 0; round < test::rounds(5'000); ++round) {
    const auto ch = make_chan<int>(1);
    const auto done = make_chan<bool>(1);
    ch.send(5);
    go([=] {
      std::optional<int> value;
      const bool ready = try_select(on_recv(ch, value)) == 0;
      done.send(ready && (value == 5 || !value));
    });
    ch.close();
    std::optional<int> value;
    ASSERT_EQ(try_select(on_recv(ch, value)), 0);
    ASSERT_TRUE(value == 5 || !value);
    ASSERT_EQ(done.recv(), true);
  }
}

int counted(int value, std::atomic<int>& calls) {
  ++calls;
  return value;
}

SLUICE_TEST_ON(ConformanceChan, SendEvaluatesItsOperandBeforeItBlocks, 1, 2, 8) {
  const auto in = make_chan<int>(2);
  const auto out = make_chan<int>();
  std::atomic<int> calls{0};
  go([&, in, out] { out.send(counted(in.recv().value() + in.recv().value(), calls)); });
  ASSERT_TRUE(test::eventually_parked("chan receive"));
  EXPECT_EQ(calls, 0) << "the operand's own receive comes first";
  in.send(3);
  in.send(4);
  ASSERT_TRUE(test::eventually_parked("chan send"));
  EXPECT_EQ(calls, 1) << "the operand is there before a receiver is";
  EXPECT_EQ(out.recv(), 7);
  EXPECT_EQ(calls, 1);
  // The operand is a whole expression, comparisons and all.
  const auto truth = make_chan<bool>(2);
  truth.send(1 < 2 && out.size() == 0);
  truth.send(in.capacity() == 0);
  EXPECT_TRUE(truth.recv().value() && !truth.recv().value());
}

}  // namespace
}  // namespace sluice
