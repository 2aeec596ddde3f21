// What select chooses, what it moves, and that the cases that lose leave no trace.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

SLUICE_TEST(Select, TakesTheReadyCase) {
  const auto empty = make_chan<int>(1);
  const auto full = make_chan<int>(1);
  full.send(1);
  std::optional<int> value;
  EXPECT_EQ(select(on_send(full, 5), on_recv(empty, value), on_recv(full, value)), 2);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(select(on_recv(full), on_send(empty, 6), on_recv(full)), 1);
  EXPECT_EQ(empty.recv(), 6);
}

SLUICE_TEST(Select, TrySelectIsMinusOneWhenNothingIsReady) {
  const auto ch = make_chan<int>();
  const auto full = make_chan<int>(1);
  full.send(1);
  std::optional<int> value = 77;
  EXPECT_EQ(try_select(on_recv(ch, value), on_send(full, 2), on_send(ch, 3)), -1);
  EXPECT_EQ(value, 77) << "a case that did not go leaves its target alone";
  EXPECT_EQ(try_select(), -1);
  EXPECT_EQ(full.size(), 1u);
}

SLUICE_TEST(Select, ParksUntilACaseIsReady) {
  const auto a = make_chan<int>();
  const auto b = make_chan<std::string>();
  const auto done = make_chan<int>();
  for (int round = 0; round < 2; ++round) {
    go([=] {
      std::optional<int> number;
      std::optional<std::string> text;
      const int chosen = select(on_recv(a, number), on_recv(b, text));
      EXPECT_EQ(number, chosen == 0 ? std::optional(5) : std::nullopt);
      EXPECT_EQ(text, chosen == 1 ? std::optional<std::string>("five") : std::nullopt);
      done.send(chosen);
    });
    ASSERT_TRUE(test::eventually_parked("select"));
    if (round == 0) {
      a.send(5);
    } else {
      b.send("five");
    }
    EXPECT_EQ(done.recv(), round);
  }
}

SLUICE_TEST(Select, ParkedSendIsTakenByAReceiver) {
  const auto a = make_chan<std::unique_ptr<int>>();
  const auto b = make_chan<std::unique_ptr<int>>();
  const auto done = make_chan<int>();
  go([=] {
    auto first = std::make_unique<int>(1);
    auto second = std::make_unique<int>(2);
    const int chosen = select(on_send(a, std::move(first)), on_send(b, std::move(second)));
    EXPECT_EQ(chosen, 1);
    EXPECT_EQ(second, nullptr);
    EXPECT_NE(first, nullptr) << "only the value of the case that goes is moved";
    done.send(chosen);
  });
  ASSERT_TRUE(test::eventually_parked("select"));
  EXPECT_EQ(*b.recv().value(), 2);
  EXPECT_EQ(done.recv(), 1);
  EXPECT_EQ(a.try_recv(), std::nullopt);
}

SLUICE_TEST(Select, TrySelectMovesOnlyIfChosen) {
  const auto ch = make_chan<std::unique_ptr<int>>(1);
  auto value = std::make_unique<int>(3);
  EXPECT_EQ(try_select(on_send(ch, std::move(value))), 0);
  EXPECT_EQ(value, nullptr);
  value = std::make_unique<int>(4);
  EXPECT_EQ(try_select(on_send(ch, std::move(value))), -1);
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(*value, 4);
  EXPECT_EQ(*ch.recv().value(), 3);
}

SLUICE_TEST(Select, ClosedChannelIsAlwaysReady) {
  const auto closed = make_chan<int>();
  const auto open = make_chan<int>();
  closed.close();
  std::optional<int> value = 1;
  EXPECT_EQ(select(on_recv(closed, value)), 0);
  EXPECT_EQ(value, std::nullopt);
  EXPECT_EQ(try_select(on_recv(open), on_recv(closed)), 1);
  EXPECT_EQ(select(on_recv(open), on_recv(open), on_recv(closed)), 2);
}

SLUICE_TEST(Select, CloseWakesAParkedSelect) {
  const auto a = make_chan<int>();
  const auto b = make_chan<int>();
  WaitGroup wg;
  for (int i = 0; i < 5; ++i) {
    wg.go([=] {
      std::optional<int> value = 9;
      EXPECT_EQ(select(on_recv(a), on_recv(b, value)), 1);
      EXPECT_EQ(value, std::nullopt);
    });
  }
  ASSERT_TRUE(test::eventually_parked("select", 5));
  b.close();
  wg.wait();
}

SLUICE_TEST(Select, CloseMakesAParkedSendCasePanic) {
  const auto a = make_chan<int>();
  const auto b = make_chan<int>();
  const auto done = make_chan();
  go([=] {
    EXPECT_PANIC(select(on_recv(a), on_send(b, 1)), "send on closed channel");
    done.close();
  });
  ASSERT_TRUE(test::eventually_parked("select"));
  b.close();
  done.recv();
}

SLUICE_TEST(Select, OneChannelMayStandInSeveralCases) {
  const auto ch = make_chan<int>();
  const auto other = make_chan<int>();
  const auto done = make_chan<int>();
  for (int round = 0; round < 50; ++round) {
    go([=] {
      std::optional<int> first;
      std::optional<int> second;
      const int chosen = select(on_recv(ch, first), on_recv(other), on_recv(ch, second));
      EXPECT_TRUE(chosen == 0 || chosen == 2);
      EXPECT_EQ(chosen == 0 ? first : second, round);
      EXPECT_EQ(chosen == 0 ? second : first, std::nullopt);
      done.send(chosen);
    });
    ch.send(round);
    done.recv();
  }
}

// A select never meets itself on an unbuffered channel; two of them meet each other.
SLUICE_TEST(Select, SendAndReceiveOnOneChannel) {
  for (std::size_t capacity : {0, 10}) {
    const auto ch = make_chan<int>(capacity);
    constexpr int kRounds = 1000;
    WaitGroup wg;
    std::atomic<int> sent{0};
    std::atomic<int> received{0};
    for (int id = 0; id < 2; ++id) {
      wg.go([&, ch] {
        for (int i = 0; i < kRounds; ++i) {
          std::optional<int> value;
          if (select(on_recv(ch, value), on_send(ch, 1)) == 0) {
            EXPECT_EQ(value, 1);
            ++received;
          } else {
            ++sent;
          }
        }
      });
    }
    wg.wait();
    EXPECT_EQ(sent, received + static_cast<int>(ch.size()));
  }
}

SLUICE_TEST(Select, TrySelectNeverMeetsItself) {
  const auto ch = make_chan<int>();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(try_select(on_send(ch, 1), on_recv(ch)), -1);
}

// The waiters that a select leaves on the channels that lost must not swallow later wake-ups.
SLUICE_TEST(Select, LosingLeavesNoTrace) {
  const auto winner = make_chan<int>();
  const auto loser = make_chan<int>();
  for (int round = 0; round < 100; ++round) {
    const auto selected = make_chan<int>(1);
    go([=] { selected.send(select(on_recv(winner), on_recv(loser))); });
    winner.send(round);
    EXPECT_EQ(selected.recv(), 0);
    const auto got = make_chan<int>(1);
    go([=] { got.send(loser.recv().value()); });
    loser.send(round);
    EXPECT_EQ(got.recv(), round);
  }
  EXPECT_FALSE(loser.try_send(1)) << "somebody still waits there";
  EXPECT_FALSE(winner.try_send(1)) << "somebody still waits there";
}

SLUICE_TEST(Select, LosingSelectsKeepTheOrderOfOtherWaiters) {
  const auto ch = make_chan<int>();
  const auto other = make_chan();
  const auto order = make_chan<int>(3);
  go([=] {
    EXPECT_EQ(ch.recv(), 1);
    order.send(1);
  });
  ASSERT_TRUE(test::eventually_parked("chan receive"));
  go([=] {
    EXPECT_EQ(select(on_recv(ch), on_recv(other)), 1);
    order.send(0);
  });
  ASSERT_TRUE(test::eventually_parked("select"));
  go([=] {
    EXPECT_EQ(ch.recv(), 2);
    order.send(2);
  });
  ASSERT_TRUE(test::eventually_parked("chan receive", 2));
  other.send();
  EXPECT_EQ(order.recv(), 0);
  ch.send(1);
  EXPECT_EQ(order.recv(), 1);
  ch.send(2);
  EXPECT_EQ(order.recv(), 2);
}

// Several senders offer one value on four channels; it must arrive through one of them only.
SLUICE_TEST(Select, OnlyOneCaseRuns) {
  const int rounds = test::rounds(20'000);
  std::array<Chan<int>, 4> channels;
  for (auto& ch : channels) ch = make_chan<int>();
  const auto arrived = make_chan<int>();
  WaitGroup wg;
  for (const auto& ch : channels) {
    wg.go([=] {
      for (int value : ch) arrived.send(value);
    });
  }
  go([=] {
    for (int i = 0; i < rounds; ++i) {
      select(on_send(channels[0], i), on_send(channels[1], i), on_send(channels[2], i),
             on_send(channels[3], i));
    }
    for (const auto& ch : channels) ch.close();
  });
  std::vector<int> seen(static_cast<std::size_t>(rounds));
  for (int i = 0; i < rounds; ++i) ++seen[static_cast<std::size_t>(arrived.recv().value())];
  for (int count : seen) ASSERT_EQ(count, 1);
  wg.wait();
}

}  // namespace
}  // namespace sluice
