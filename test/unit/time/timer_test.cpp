// Timers and after, with Go 1.23's rules: no buffer to be seen, and no old value after stop or
// reset.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

// Waits until a timer of this length, started before, is due.
void pass(Duration d) { sleep_for(d + 1ms); }

SLUICE_TEST(After, DeliversTheTimeItWasDue) {
  for (const Duration d : {Duration(0), Duration(1us), Duration(2ms), Duration(20ms)}) {
    const TimePoint before = Clock::now();
    const auto ch = after(d);
    const TimePoint made = Clock::now();
    const std::optional<TimePoint> due = ch.recv();
    ASSERT_TRUE(due.has_value());
    EXPECT_GE(Clock::now(), before + d);
    EXPECT_GE(*due, before + d);
    EXPECT_LE(*due, made + d);
  }
}

SLUICE_TEST(After, DeliversTheDueTimeToALateReader) {
  const TimePoint before = Clock::now();
  const auto ch = after(1ms);
  const TimePoint made = Clock::now();
  sleep_for(10ms);
  EXPECT_LE(ch.recv().value(), made + 1ms);
  EXPECT_GE(Clock::now(), before + 10ms);
  EXPECT_EQ(ch.try_recv(), std::nullopt) << "once only";
}

SLUICE_TEST(After, ZeroAndNegativeFireAtOnce) {
  for (int i = 0; i < test::rounds(2'000); ++i) {
    ASSERT_TRUE(after(Duration::zero()).recv().has_value());
    ASSERT_TRUE(after(-1s).recv().has_value());
  }
  EXPECT_EQ(try_select(on_recv(after(-1s))), 0);
}

SLUICE_TEST(After, HugeNeverFires) {
  const auto ch = after(Duration::max());
  Timer timer(Duration::max());
  EXPECT_EQ(select(on_recv(ch), on_recv(timer.fired()), on_recv(after(2ms))), 2);
  EXPECT_TRUE(timer.stop());
}

SLUICE_TEST(After, ManyFireInOrder) {
  const TimePoint start = Clock::now();
  std::vector<RecvChan<TimePoint>> channels;
  for (int i = 0; i < 200; ++i)
    channels.push_back(after(std::chrono::microseconds((i * 37) % 200 * 50)));
  TimePoint last = start;
  for (int i = 0; i < 200; ++i) {
    // The one with the i-th shortest time.
    const int index = (i * 173) % 200;
    const TimePoint due = channels[static_cast<std::size_t>(index)].recv().value();
    EXPECT_GE(Clock::now(), due);
    last = due;
  }
  EXPECT_GE(Clock::now(), last);
}

SLUICE_TEST(Timer, FiresOnceNotBeforeItsTime) {
  const TimePoint start = Clock::now();
  Timer timer(5ms);
  EXPECT_EQ(timer.fired().try_recv(), std::nullopt);
  const std::optional<TimePoint> due = timer.fired().recv();
  EXPECT_GE(Clock::now(), start + 5ms);
  EXPECT_GE(due.value(), start + 5ms);
  EXPECT_EQ(timer.fired().try_recv(), std::nullopt);
  EXPECT_FALSE(timer.stop());
}

SLUICE_TEST(Timer, LooksUnbuffered) {
  Timer timer(1ms);
  EXPECT_EQ(timer.fired().capacity(), 0u);
  EXPECT_EQ(timer.fired().size(), 0u);
  pass(1ms);
  EXPECT_EQ(timer.fired().size(), 0u) << "the value that is due does not show";
  EXPECT_TRUE(timer.fired().recv().has_value());
}

SLUICE_TEST(Timer, StopPreventsFiring) {
  Timer timer(2ms);
  EXPECT_TRUE(timer.stop());
  EXPECT_FALSE(timer.stop());
  EXPECT_EQ(select(on_recv(timer.fired()), on_recv(after(6ms))), 1);
}

SLUICE_TEST(Timer, StopTakesBackADueValueThatNobodyRead) {
  Timer timer(1ms);
  pass(1ms);
  EXPECT_TRUE(timer.stop());
  EXPECT_EQ(timer.fired().try_recv(), std::nullopt);
  EXPECT_FALSE(timer.stop());
}

SLUICE_TEST(Timer, StopAfterTheValueWasReadIsFalse) {
  Timer timer(Duration::zero());
  EXPECT_TRUE(timer.fired().recv().has_value());
  EXPECT_FALSE(timer.stop());
}

SLUICE_TEST(Timer, StopHoldsOffAParkedReceiver) {
  Timer timer(20ms);
  const auto give_up = make_chan();
  const auto result = make_chan<int>(1);
  go([=, fired = timer.fired()] { result.send(select(on_recv(fired), on_recv(give_up))); });
  ASSERT_TRUE(test::eventually([&] { return test::parked("select") == 1 || result.size() == 1; }));
  const bool stopped = timer.stop();
  if (stopped) {
    sleep_for(40ms);
    EXPECT_EQ(result.size(), 0u) << "a stopped timer fired";
  }
  give_up.close();
  EXPECT_EQ(result.recv(), stopped ? 1 : 0);
}

SLUICE_TEST(Timer, ResetMovesIt) {
  const TimePoint start = Clock::now();
  Timer timer(1h);
  EXPECT_TRUE(timer.reset(5ms));
  const TimePoint due = timer.fired().recv().value();
  EXPECT_GE(due, start + 5ms);
  EXPECT_GE(Clock::now(), start + 5ms);
  EXPECT_FALSE(timer.reset(1ms));
  EXPECT_TRUE(timer.fired().recv().has_value());
}

SLUICE_TEST(Timer, ResetToLaterHoldsItOff) {
  Timer timer(3ms);
  const TimePoint reset = Clock::now();
  timer.reset(15ms);
  EXPECT_GE(timer.fired().recv().value(), reset + 15ms);
  EXPECT_GE(Clock::now(), reset + 15ms);
}

SLUICE_TEST(Timer, ResetDropsAnOldValue) {
  Timer timer(1ms);
  pass(1ms);
  const TimePoint reset = Clock::now();
  EXPECT_TRUE(timer.reset(5ms)) << "the due value had not been received";
  EXPECT_GE(timer.fired().recv().value(), reset + 5ms);
  EXPECT_EQ(timer.fired().try_recv(), std::nullopt);
}

SLUICE_TEST(Timer, ResetWakesAParkedReceiverEarlier) {
  Timer timer(1h);
  const auto done = make_chan();
  go([=, fired = timer.fired()] {
    EXPECT_TRUE(fired.recv().has_value());
    done.close();
  });
  ASSERT_TRUE(test::eventually_parked("chan receive"));
  EXPECT_TRUE(timer.reset(1ms));
  done.recv();
}

SLUICE_TEST(Timer, ManyResetsLoseNoFiring) {
  Timer timer(1h);
  for (int i = 0; i < test::rounds(300); ++i) {
    timer.reset(1h);
    timer.reset(std::chrono::microseconds(i % 7 * 10));
    ASSERT_TRUE(timer.fired().recv().has_value());
  }
}

SLUICE_TEST(Timer, ChannelOutlivesIt) {
  RecvChan<TimePoint> fired;
  {
    Timer timer(2ms);
    fired = timer.fired();
  }
  EXPECT_TRUE(fired.recv().has_value());
}

SLUICE_TEST(Timer, CanBeMoved) {
  Timer first(1h);
  const auto fired = first.fired();
  Timer second(std::move(first));
  EXPECT_TRUE(second.fired() == fired);
  EXPECT_TRUE(second.reset(1ms));
  Timer third(1h);
  third = std::move(second);
  EXPECT_TRUE(third.fired().recv().has_value());
}

SLUICE_TEST(Timer, OneValueForManyWaiters) {
  constexpr int kWaiters = 20;
  Timer timer(2ms);
  const auto give_up = make_chan();
  std::atomic<int> got{0};
  WaitGroup wg;
  for (int i = 0; i < kWaiters; ++i) {
    wg.go([&, fired = timer.fired()] {
      if (select(on_recv(fired), on_recv(give_up)) == 0) ++got;
    });
  }
  ASSERT_TRUE(test::eventually([&] { return got == 1; }));
  pass(2ms);
  give_up.close();
  wg.wait();
  EXPECT_EQ(got, 1);
}

// When stop says that it prevented the value, none comes; when it says that it came too late, one
// has been received.
SLUICE_TEST(Timer, StopAgreesWithTheChannelInARace) {
  for (int i = 0; i < test::rounds(500); ++i) {
    Timer timer(std::chrono::microseconds(i % 100));
    const auto stopped = make_chan<bool>(1);
    const auto give_up = make_chan();
    const auto received = make_chan<bool>(1);
    go([=, fired = timer.fired()] {
      received.send(select(on_recv(fired), on_recv(give_up)) == 0);
    });
    go([&, stopped] { stopped.send(timer.stop()); });
    const bool prevented = stopped.recv().value();
    if (prevented) give_up.close();
    ASSERT_EQ(received.recv().value(), !prevented) << "round " << i;
  }
}

SLUICE_TEST(Timer, ManyTimersOfManyGoroutines) {
  WaitGroup wg;
  std::atomic<int> wrong{0};
  for (int id = 0; id < 50; ++id) {
    wg.go([&, id] {
      Timer timer(1h);
      for (int i = 0; i < test::rounds(50); ++i) {
        const Duration d = std::chrono::microseconds((id * 31 + i * 17) % 400);
        const TimePoint start = Clock::now();
        timer.reset(d);
        if (i % 5 == 0) {
          timer.stop();
          if (timer.fired().try_recv()) ++wrong;
        } else if (timer.fired().recv().value() < start + d) {
          ++wrong;
        }
      }
    });
  }
  wg.wait();
  EXPECT_EQ(wrong, 0);
}

TEST(AfterFunc, WhatIsPendingWhenTheRunEndsIsDropped) {
  auto captured = std::make_shared<int>(1);
  run([&captured] {
    const AfterFunc pending(1h, [captured] { std::abort(); });
    return 0;
  });
  EXPECT_EQ(captured.use_count(), 1);
}

SLUICE_TEST(Timer, ForeignThread) {
  test::ForeignThread thread([] {
    Timer timer(2ms);
    EXPECT_TRUE(timer.fired().recv().has_value());
    EXPECT_EQ(select(on_recv(after(1h)), on_recv(after(1ms))), 1);
    timer.reset(1h);
    EXPECT_TRUE(timer.stop());
  });
}

}  // namespace
}  // namespace sluice
