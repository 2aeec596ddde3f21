// Timer and after as Go's own tests see them, with the rules that Go has since 1.23: a channel
// without a visible buffer, and no old value after stop or reset.
#include <malloc.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

// Until a timer of this length that was set before is due: what is due, not who is quick.
void pass(Duration d) { sleep_for(d); }

bool fires(const RecvChan<TimePoint>& fired) {
  return select(on_recv(fired), on_recv(after(20s))) == 0;
}

SLUICE_TEST_ON(ConformanceTime, TimersOfNoTimeFire, 1, 2, 8) {
  Timer again(1h);
  for (int i = 0; i < test::rounds(100'000); ++i) {
    switch (i % 4) {
      case 0:
        ASSERT_TRUE(fires(Timer(Duration::zero()).fired()));
        break;
      case 1:
        ASSERT_TRUE(fires(after(Duration::zero())));
        break;
      case 2:
        again.reset(Duration::zero());
        ASSERT_TRUE(fires(again.fired()));
        break;
      default:
        ASSERT_TRUE(fires(Timer(i % 3 == 0 ? Duration(-1) : Duration::min()).fired()));
    }
  }
}

SLUICE_TEST_ON(ConformanceTime, HugeTimersDoNotFire, 1, 2, 8) {
  Timer timer(Duration::max());
  Timer moved(1h);
  moved.reset(Duration::max() - 1ns);
  EXPECT_EQ(select(on_recv(timer.fired()), on_recv(moved.fired()),
                   on_recv(after(std::chrono::hours(24 * 365 * 200))), on_recv(after(3ms))),
            3);
  EXPECT_TRUE(timer.stop());
  EXPECT_TRUE(moved.stop());
}

SLUICE_TEST_ON(ConformanceTime, AfterDeliversItsDueTimeHoweverLateItIsRead, 1, 2, 8) {
  for (const Duration d : {Duration::zero(), Duration(50us), Duration(3ms)}) {
    for (const bool late : {false, true}) {
      const TimePoint before = Clock::now();
      const RecvChan<TimePoint> ch = after(d);
      const TimePoint made = Clock::now();
      if (late) sleep_for(d + 10ms);
      const TimePoint due = ch.recv().value();
      EXPECT_GE(Clock::now(), due) << "delivered before it was due";
      EXPECT_GE(due, before + d);
      EXPECT_LE(due, made + d) << "the time of the receive, or of the delivery";
      EXPECT_EQ(ch.try_recv(), std::nullopt) << "it comes once";
    }
  }
}

// True if they were received in the order of their times. A busy machine may mix those up that lie
// close together.
bool received_in_order(Duration spacing) {
  const std::array<int, 6> slots{5, 3, 6, 1, 4, 2};
  const auto order = make_chan<int>(slots.size());
  WaitGroup wg;
  for (const int slot : slots) {
    wg.go([=] {
      after(slot * spacing).recv();
      order.send(slot);
    });
  }
  wg.wait();
  order.close();
  std::vector<int> got;
  for (const int slot : order) got.push_back(slot);
  EXPECT_EQ(got.size(), slots.size());
  return std::is_sorted(got.begin(), got.end());
}

SLUICE_TEST_ON(ConformanceTime, TimersFireInTheOrderOfTheirTimes, 1, 2, 8) {
  bool in_order = false;
  for (Duration spacing = 1ms; !in_order && spacing < 1s; spacing *= 4) {
    in_order = received_in_order(spacing);
  }
  EXPECT_TRUE(in_order);
}

SLUICE_TEST_ON(ConformanceTime, StopSaysWhetherItPreventedTheFiring, 1, 2, 8) {
  Timer pending(1h);
  EXPECT_TRUE(pending.stop());
  EXPECT_FALSE(pending.stop()) << "the second time it prevents nothing";
  Timer received(Duration::zero());
  EXPECT_TRUE(fires(received.fired()));
  EXPECT_FALSE(received.stop());
}

SLUICE_TEST_ON(ConformanceTime, StoppedTimerDoesNotFireNorDragOthers, 1, 2, 8) {
  std::vector<Timer> stopped;
  for (int i = 0; i < 20; ++i) stopped.emplace_back(5ms);
  Timer kept(10ms);
  Selector any;
  for (Timer& each : stopped) {
    EXPECT_TRUE(each.stop());
    any.add(on_recv(each.fired()));
  }
  const int last = any.add(on_recv(kept.fired()));
  EXPECT_EQ(any.wait(), last);
  EXPECT_EQ(any.try_wait(), -1);
}

SLUICE_TEST_ON(ConformanceTime, ResetMovesAnActiveTimerAndRevivesAnExpiredOne, 1, 2, 8) {
  Timer timer(1h);
  for (int i = 0; i < 5; ++i) {
    const TimePoint before = Clock::now();
    EXPECT_EQ(timer.reset(2ms), i == 0) << "expired and received";
    const TimePoint due = timer.fired().recv().value();
    EXPECT_GE(due, before + 2ms);
    EXPECT_GE(Clock::now(), due);
  }
  Timer held_off(3ms);
  EXPECT_TRUE(held_off.reset(1h));
  EXPECT_EQ(select(on_recv(held_off.fired()), on_recv(after(8ms))), 1);
}

// Each has a receiver, parked or about to be, when it is moved to be due now.
SLUICE_TEST_ON(ConformanceTime, TimersMovedEarlierAllFire, 1, 2, 8) {
  for (int round = 0; round < test::rounds(100); ++round) {
    constexpr int kTimers = 10;
    std::vector<Timer> timers;
    for (int i = 0; i < kTimers; ++i) timers.emplace_back(std::chrono::hours(1 + i));
    WaitGroup wg;
    for (Timer& each : timers) {
      wg.go([fired = each.fired()] { EXPECT_TRUE(fires(fired)); });
    }
    if (round % 2 == 0) yield();
    for (int i = 0; i < kTimers; ++i) {
      timers[static_cast<std::size_t>(i * 7 % kTimers)].reset(std::chrono::microseconds(i * 3));
    }
    wg.wait();
  }
}

SLUICE_TEST_ON(ConformanceTime, TimersMovedBackAndForthLoseNoFiring, 1, 2, 8) {
  const std::uint64_t seed = test::seed();
  WaitGroup wg;
  for (int id = 0; id < 20; ++id) {
    wg.go([=] {
      test::Random random(seed, id);
      Timer timer(1h);
      const auto received = make_chan<TimePoint>(1);
      go([=, fired = timer.fired()] { received.send(fired.recv().value()); });
      for (int i = 0; i < test::rounds(100); ++i) {
        const Duration d = std::chrono::milliseconds(3 + random.below(1'000'000));
        if (random.one_in(10)) timer.stop();
        timer.reset(d);
        if (random.one_in(20)) sleep_for(std::chrono::microseconds(random.below(50)));
      }
      // Unless one of the short ones has done it already.
      timer.reset(std::chrono::microseconds(random.below(200)));
      EXPECT_EQ(select(on_recv(received), on_recv(after(20s))), 0) << "timer " << id;
    });
  }
  wg.wait();
}

// Each setting of the timer either is taken back, which stop or reset says, or gives one value.
SLUICE_TEST_ON(ConformanceTime, StopAndResetAgreeWithTheChannelInARace, 1, 2, 8) {
  for (int round = 0; round < test::rounds(500); ++round) {
    Timer timer(std::chrono::microseconds(round % 60));
    const auto give_up = make_chan();
    std::atomic<int> received{0};
    std::atomic<int> settings{1};
    std::atomic<int> taken_back{0};
    WaitGroup receivers;
    for (int i = 0; i < 3; ++i) {
      receivers.go([&, fired = timer.fired()] {
        while (select(on_recv(fired), on_recv(give_up)) == 0) ++received;
      });
    }
    WaitGroup setters;
    for (int id = 0; id < 3; ++id) {
      setters.go([&, id] {
        for (int i = 0; i < 6; ++i) {
          if ((id + i + round) % 3 == 0) {
            taken_back += timer.stop() ? 1 : 0;
          } else {
            ++settings;
            taken_back += timer.reset(std::chrono::microseconds((id * 17 + i * 5) % 40)) ? 1 : 0;
          }
          if (i % 2 == 0) yield();
        }
      });
    }
    setters.wait();
    taken_back += timer.stop() ? 1 : 0;
    give_up.close();
    receivers.wait();
    ASSERT_EQ(received + taken_back, settings) << "round " << round;
    ASSERT_EQ(timer.fired().try_recv(), std::nullopt);
  }
}

SLUICE_TEST_ON(ConformanceTime, ManyGoroutinesStopAndResetTimersOfTheirOwn, 1, 2, 8) {
  WaitGroup wg;
  for (int id = 0; id < test::goroutines(1'000); ++id) {
    wg.go([id] {
      Timer timer(1h);
      for (int i = 0; i < test::rounds(100); ++i) {
        timer.reset(std::chrono::microseconds((id + i) % 20));
        if (i % 10 == 0) yield();
        // Nobody else receives: even a value that is due is taken back.
        ASSERT_TRUE(timer.stop());
        ASSERT_EQ(timer.fired().try_recv(), std::nullopt);
      }
    });
  }
  wg.wait();
}

SLUICE_TEST_ON(ConformanceTime, TimerChannelsLookUnbuffered, 1, 2, 8) {
  Timer timer(1ms);
  Ticker ticker(1ms);
  const RecvChan<TimePoint> ch = after(1ms);
  for (const bool due : {false, true}) {
    if (due) pass(2ms);
    for (const RecvChan<TimePoint>& each : {timer.fired(), ticker.ticks(), ch}) {
      EXPECT_EQ(each.size(), 0u);
      EXPECT_EQ(each.capacity(), 0u);
    }
  }
  EXPECT_TRUE(timer.fired().try_recv() && ticker.ticks().try_recv() && ch.try_recv());
}

SLUICE_TEST_ON(ConformanceTime, NoOldValueAfterStopOrReset, 1, 2, 8) {
  for (int i = 0; i < 5; ++i) {
    Timer stopped(100us);
    pass(200us);
    EXPECT_TRUE(stopped.stop()) << "a value that nobody received was prevented";
    EXPECT_EQ(stopped.fired().try_recv(), std::nullopt);
    EXPECT_FALSE(stopped.stop());
    Timer moved(100us);
    pass(200us);
    const TimePoint before = Clock::now();
    EXPECT_TRUE(moved.reset(1ms));
    EXPECT_GE(moved.fired().recv().value(), before + 1ms) << "the old value";
    EXPECT_TRUE(stopped.reset(1h) == false && stopped.reset(Duration::zero()));
    EXPECT_TRUE(fires(stopped.fired()));
  }
}

SLUICE_TEST_ON(ConformanceTime, OneOfManyWaitersGetsTheValue, 1, 2, 8) {
  constexpr std::size_t kWaiters = 50;
  Timer timer(1h);
  const auto give_up = make_chan();
  std::atomic<int> got{0};
  WaitGroup wg;
  for (std::size_t i = 0; i < kWaiters; ++i) {
    wg.go([&, fired = timer.fired()] {
      while (select(on_recv(fired), on_recv(give_up)) == 0) ++got;
    });
  }
  ASSERT_TRUE(test::eventually_parked("select", kWaiters));
  for (int i = 1; i <= 20; ++i) {
    timer.reset(50us);
    ASSERT_TRUE(test::eventually([&] { return got == i; }));
  }
  give_up.close();
  wg.wait();
  EXPECT_EQ(got, 20);
}

// In Go the collector takes a timer that nobody refers to, even a pending one; here the last handle
// does.
SLUICE_TEST_ON(ConformanceTime, DroppedTimersFreeTheirMemory, 1, 2, 8) {
  const auto drop_some = [](int count) {
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(
          try_select(on_recv(after(1h)), on_recv(Timer(1h).fired()), on_recv(Ticker(1h).ticks())),
          -1);
    }
  };
  drop_some(100);
  const std::size_t before = mallinfo2().uordblks;
  drop_some(test::rounds(20'000));
  const std::size_t after = mallinfo2().uordblks;
  EXPECT_TRUE(test::kSanitized || after < before + 100'000) << after - before << " bytes more";
}

SLUICE_CHILD(conformance_idle_timers_are_no_life) {
  return run([] {
    const Timer timer(1h);
    const Ticker ticker(1h);
    const RecvChan<TimePoint> ch = after(1h);
    make_chan().recv();
  });
}
SLUICE_CHILD(conformance_awaited_timer_is_life) {
  return run([] {
    const Timer timer(30ms);
    const auto received = make_chan();
    go([=, fired = timer.fired()] {
      fired.recv();
      received.close();
    });
    received.recv();
  });
}

TEST(ConformanceTime, IdleTimersDoNotHoldOffTheDeadlock) {
  const test::Dump dump = test::expect_fatal(
      conformance_idle_timers_are_no_life, "fatal error: all goroutines are asleep - deadlock!\n");
  EXPECT_TRUE(dump.in_state("chan receive"));
  EXPECT_EQ(test::run_child(conformance_awaited_timer_is_life).status, 0);
}

}  // namespace
}  // namespace sluice
