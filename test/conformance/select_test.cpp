// Select as Go's own tests describe it: fair, at one instant, one case only, and without a trace.
#include <malloc.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

SLUICE_TEST_ON(ConformanceSelect, ReadyCasesAreChosenEvenly, 1, 2, 8) {
  constexpr int kTrials = 10'000;
  const auto a = make_chan<int>(kTrials);
  const auto b = make_chan<int>(kTrials);
  for (int i = 0; i < kTrials; ++i) select(on_send(a, i));
  for (int i = 0; i < kTrials; ++i) select(on_send(b, i));
  int first = 0;
  for (int i = 0; i < kTrials; ++i) first += select(on_recv(a), on_recv(b)) == 0 ? 1 : 0;
  EXPECT_NEAR(first, kTrials / 2, 10 * std::sqrt(kTrials * 0.25));
  EXPECT_EQ(a.size() + b.size(), std::size_t{kTrials});
}

SLUICE_TEST_ON(ConformanceSelect, RandomBitsByReadySends, 1, 2, 8) {
  constexpr int kBits = 10'000;
  const auto bits = make_chan<int>();
  go([=] {
    for (int i = 0; i < kBits; ++i) select(on_send(bits, 0), on_send(bits, 1));
    bits.close();
  });
  int ones = 0;
  for (int bit : bits) ones += bit;
  EXPECT_GT(ones, kBits / 10);
  EXPECT_LT(ones, kBits - kBits / 10);
}

// The second channel gets its value before the first may lose its own.
SLUICE_TEST_ON(ConformanceSelect, ActsOnOneInstantWhenValuesMove, 1, 2, 8) {
  const auto result = make_chan<int>(1);
  for (int round = 0; round < test::rounds(100'000); ++round) {
    const auto first = make_chan<int>(1);
    const auto second = make_chan<int>(1);
    first.send(1);
    go([=] { result.send(try_select(on_recv(first), on_recv(second))); });
    second.send(1);
    try_select(on_recv(first));
    ASSERT_NE(result.recv(), -1) << "round " << round;
  }
}

SLUICE_TEST_ON(ConformanceSelect, ActsOnOneInstantWhenAChannelCloses, 1, 2, 8) {
  const auto result = make_chan<int>(1);
  for (int round = 0; round < test::rounds(100'000); ++round) {
    const auto first = make_chan<int>(1);
    const auto second = make_chan<int>();
    first.send(1);
    go([=] { result.send(try_select(on_recv(first), on_recv(second))); });
    second.close();
    try_select(on_recv(first));
    ASSERT_NE(result.recv(), -1) << "round " << round;
  }
}

SLUICE_TEST_ON(ConformanceSelect, SendAndReceiveOnOneChannelByTwo, 1, 2, 8) {
  for (std::size_t capacity : {0, 10}) {
    const auto ch = make_chan<int>(capacity);
    std::array<std::atomic<int>, 2> sent{};
    std::array<std::atomic<int>, 2> received{};
    WaitGroup wg;
    for (std::size_t me = 0; me < 2; ++me) {
      wg.go([&, ch, me] {
        for (int i = 0; i < test::rounds(1'000); ++i) {
          std::optional<int> from;
          if (select(on_send(ch, static_cast<int>(me)), on_recv(ch, from)) == 0) {
            ++sent[me];
          } else {
            ++received[me];
            EXPECT_TRUE(capacity > 0 || from != static_cast<int>(me)) << "it met itself";
          }
        }
      });
    }
    wg.wait();
    EXPECT_EQ(sent[0] + sent[1], received[0] + received[1] + static_cast<int>(ch.size()));
    EXPECT_TRUE(capacity > 0 || sent[0] == received[1]);
  }
}

SLUICE_CHILD(conformance_select_alone_on_both_ends) {
  return run([] {
    const auto ch = make_chan<int>();
    return select(on_send(ch, 1), on_recv(ch));
  });
}
SLUICE_CHILD(conformance_empty_select) {
  return run([] { return select(); });
}
SLUICE_CHILD(conformance_select_of_nil) {
  return run([] { return select(on_send(Chan<int>{}, 1), on_recv(Chan<>{})); });
}

TEST(ConformanceSelect, BlocksForEverWhenNothingCanGo) {
  const char* const asleep = "fatal error: all goroutines are asleep - deadlock!\n";
  EXPECT_TRUE(test::expect_fatal(conformance_select_alone_on_both_ends, asleep).in_state("select"));
  EXPECT_TRUE(test::expect_fatal(conformance_empty_select, asleep).in_state("select (no cases)"));
  const test::Dump nil = test::expect_fatal(conformance_select_of_nil, asleep);
  EXPECT_TRUE(nil.in_state("select (no cases)") || nil.in_state("select"));
}

SLUICE_TEST_ON(ConformanceSelect, WithDefaultNeverBlocks, 1, 2, 8) {
  const Chan<int> nil;
  const auto ch = make_chan<int>();
  EXPECT_EQ(try_select(), -1);
  EXPECT_EQ(try_select(on_send(nil, 1), on_recv(nil)), -1);
  EXPECT_EQ(try_select(on_send(ch, 1), on_recv(ch), on_recv(nil)), -1);
}

// One goroutine registers twice on each channel; whichever case goes, the others must be off.
SLUICE_TEST_ON(ConformanceSelect, LosingCasesOnTheSameChannelAreRemoved, 1, 2, 8) {
  for (int round = 0; round < test::rounds(500); ++round) {
    const auto a = make_chan<int>();
    const auto b = make_chan<int>();
    const auto got = make_chan<int>(1);
    go([=] {
      std::array<std::optional<int>, 4> values;
      const int chosen = select(on_recv(a, values[0]), on_recv(a, values[1]), on_recv(b, values[2]),
                                on_recv(b, values[3]));
      got.send(values[static_cast<std::size_t>(chosen)].value());
    });
    b.send(round);
    EXPECT_EQ(got.recv(), round);
    EXPECT_FALSE(a.try_send(1)) << "a losing case still waits";
    EXPECT_FALSE(b.try_send(1)) << "the other winning case still waits";
    go([=] { got.send(a.recv().value() + b.recv().value()); });
    a.send(1);
    b.send(2);
    EXPECT_EQ(got.recv(), 3);
  }
}

// The same on the sending side, with other waiters before and behind the select.
SLUICE_TEST_ON(ConformanceSelect, LaterWaitersOnALosingChannelStillWake, 1, 2, 8) {
  for (int round = 0; round < 20; ++round) {
    const auto ch = make_chan<int>();
    const auto other = make_chan();
    WaitGroup wg;
    wg.go([=] { ch.send(1); });
    ASSERT_TRUE(test::eventually_parked("chan send", 1));
    wg.go([=] { EXPECT_EQ(select(on_send(ch, 99), on_send(ch, 98), on_recv(other)), 2); });
    ASSERT_TRUE(test::eventually_parked("select", 1));
    wg.go([=] { ch.send(2); });
    ASSERT_TRUE(test::eventually_parked("chan send", 2));
    wg.go([=] { EXPECT_EQ(select(on_recv(other), on_send(ch, 3)), 1); });
    ASSERT_TRUE(test::eventually_parked("select", 2));
    other.send();
    EXPECT_EQ(ch.recv(), 1);
    EXPECT_EQ(ch.recv(), 2);
    EXPECT_EQ(ch.recv(), 3);
    wg.wait();
  }
}

SLUICE_TEST_ON(ConformanceSelect, OnlyOneCaseRuns, 1, 2, 8) {
  const int values = test::rounds(100'000);
  std::array<Chan<int>, 4> channels;
  for (Chan<int>& ch : channels) ch = make_chan<int>();
  const auto out = make_chan<int>();
  WaitGroup wg;
  for (const Chan<int>& ch : channels) {
    wg.go([=] {
      for (int value : ch) out.send(value);
    });
  }
  wg.go([=] {
    for (int i = 0; i < values; ++i) {
      select(on_send(channels[3], i), on_send(channels[2], i), on_send(channels[0], i),
             on_send(channels[1], i));
    }
    for (const Chan<int>& ch : channels) ch.close();
  });
  go([&wg, out] {
    wg.wait();
    out.close();
  });
  std::vector<int> seen(static_cast<std::size_t>(values));
  for (int value : out) ++seen[static_cast<std::size_t>(value)];
  for (int count : seen) ASSERT_EQ(count, 1);
}

// A case is switched off by making its channel nil.
SLUICE_TEST_ON(ConformanceSelect, StressOfSendersReceiversAndBothSelects, 1, 2, 8) {
  const int values = test::rounds(100'000);
  std::array<Chan<int>, 4> channels{make_chan<int>(), make_chan<int>(), make_chan<int>(2),
                                    make_chan<int>(3)};
  std::atomic<int> received{0};
  WaitGroup wg;
  for (const Chan<int>& ch : channels) {
    wg.go([=] {
      for (int i = 0; i < values; ++i) ch.send(0);
    });
    wg.go([&, ch] {
      for (int i = 0; i < values; ++i) received += ch.recv().has_value() ? 1 : 0;
    });
  }
  const auto all_through_select = [&](auto choose) {
    std::array<Chan<int>, 4> on = channels;
    std::array<int, 4> left{values, values, values, values};
    for (int i = 0; i < 4 * values; ++i) {
      const auto chosen = static_cast<std::size_t>(choose(on));
      if (--left[chosen] == 0) on[chosen] = {};
    }
  };
  wg.go([&] {
    all_through_select([](const std::array<Chan<int>, 4>& c) {
      return select(on_send(c[0], 0), on_send(c[1], 0), on_send(c[2], 0), on_send(c[3], 0));
    });
  });
  wg.go([&] {
    all_through_select([&](const std::array<Chan<int>, 4>& c) {
      const int chosen = select(on_recv(c[0]), on_recv(c[1]), on_recv(c[2]), on_recv(c[3]));
      ++received;
      return chosen;
    });
  });
  wg.wait();
  EXPECT_EQ(received, 8 * values);
  for (const Chan<int>& ch : channels) EXPECT_EQ(ch.size(), 0u);
}

// C++ leaves the order of a call's arguments open; once, on entry, and for all cases holds. With a
// Selector the order is the source's, too.
SLUICE_TEST_ON(ConformanceSelect, EvaluatesAllExpressionsOnceOnEntry, 1, 2, 8) {
  const auto ready = make_chan<int>(4);
  const auto never = make_chan<int>();
  std::string log;
  const auto chan = [&](char tag, const Chan<int>& ch) {
    log += tag;
    return ch;
  };
  const auto value = [&](char tag, int v) {
    log += tag;
    return v;
  };
  std::optional<int> into = 7;
  EXPECT_EQ(select(on_send(chan('a', ready), value('b', 5)),
                   on_send(chan('c', Chan<int>{}), value('d', 6)), on_recv(chan('e', never), into)),
            0);
  std::sort(log.begin(), log.end());
  EXPECT_EQ(log, "abcde");
  EXPECT_EQ(into, 7) << "the target belongs to a case that was not taken";
  EXPECT_EQ(ready.recv(), 5);
  log.clear();
  Selector selector;
  selector.add(on_recv(chan('a', never), into));
  const Chan<int> to = chan('b', ready);
  selector.add(on_send(to, value('c', 8)));
  EXPECT_EQ(selector.wait(), 1);
  EXPECT_EQ(log, "abc");
  EXPECT_EQ(ready.recv(), 8);
  // On entry: before it parks.
  std::atomic<int> evaluated{0};
  const auto done = make_chan<int>();
  go([&, never, done] {
    const auto count = [&](const Chan<int>& ch) { return ++evaluated, ch; };
    const int chosen = select(on_recv(count(never)), on_send(count(Chan<int>{}), 1));
    done.send(chosen);
  });
  ASSERT_TRUE(test::eventually_parked("select"));
  EXPECT_EQ(evaluated, 2);
  never.send(1);
  EXPECT_EQ(done.recv(), 0);
  EXPECT_EQ(evaluated, 2);
}

SLUICE_TEST_ON(ConformanceSelect, AllFormsBehaveAlike, 1, 2, 8) {
  const auto ch = make_chan<int>(1);
  const Chan<int> nil;
  const auto refill = [&] {
    if (ch.size() == 0) ch.send(1);
  };
  std::string went;
  for (int form = 0; form < 6; ++form) {
    refill();
    std::optional<int> value;
    // The inner break leaves the switch, not the loop.
    switch (form) {
      case 0:
        went += std::to_string(select(on_recv(ch)));
        break;
      case 1:
        went += std::to_string(select(on_recv(nil), on_recv(ch)));
        break;
      case 2:
        went += std::to_string(select(on_recv(nil), on_send(nil, 1), on_recv(ch, value)));
        EXPECT_EQ(value, 1);
        break;
      case 3:
        went += std::to_string(try_select(on_recv(ch)));
        break;
      case 4:
        switch (try_select(on_recv(nil), on_recv(ch))) {
          case 1:
            went += "1";
            break;
          default:
            went += "-";
        }
        break;
      default:
        went += std::to_string(try_select());
    }
  }
  EXPECT_EQ(went, "01201-1");
}

SLUICE_TEST_ON(ConformanceSelect, ManySelectsDoNotGrowMemory, 1, 2, 8) {
  const int selects = test::rounds(100'000);
  const auto ping = make_chan<int>();
  const auto pong = make_chan<int>();
  const auto never = make_chan<int>();
  const auto side = [&](const Chan<int>& in, const Chan<int>& out) {
    std::optional<int> value;
    select(on_recv(in, value), on_recv(never));
    select(on_send(out, value.value() + 1), on_recv(never));
  };
  go([=] {
    for (int i = 0; i < selects + 100; ++i) side(ping, pong);
  });
  const auto round_trip = [&] {
    select(on_send(ping, 0), on_recv(never));
    std::optional<int> value;
    select(on_recv(pong, value), on_recv(never));
    EXPECT_EQ(value, 1);
  };
  for (int i = 0; i < 100; ++i) round_trip();
  const std::size_t before = mallinfo2().uordblks;
  for (int i = 0; i < selects; ++i) round_trip();
  const std::size_t after = mallinfo2().uordblks;
  EXPECT_TRUE(test::kSanitized || after < before + 100'000) << after - before << " bytes more";
}

// Two goroutines that always have something for each other, each beside the timer.
SLUICE_TEST_ON(ConformanceSelect, BusyPairDoesNotStarveATimer, 1, 2, 8) {
  const auto ch = make_chan<int>();
  const auto timeout = make_chan();
  const AfterFunc fire(20ms, [=] { timeout.close(); });
  std::atomic<int> exchanged{0};
  WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.go([&, ch, timeout] {
      while (select(on_send(ch, 1), on_recv(ch), on_recv(timeout)) != 2) ++exchanged;
    });
  }
  wg.wait();
  EXPECT_GT(exchanged, 0);
}

SLUICE_TEST_ON(ConformanceSelect, AlwaysReadyCaseDoesNotStarveATimer, 1, 2, 8) {
  const auto closed = make_chan();
  closed.close();
  const auto timeout = after(20ms);
  int spins = 0;
  while (select(on_recv(closed), on_recv(timeout)) == 0) ++spins;
  EXPECT_GT(spins, 0);
}

}  // namespace
}  // namespace sluice
