// Ticker as Go's own tests see it: its rate, what becomes of ticks that nobody takes, and intervals
// that make no sense.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

// Receives `count` ticks of a ticker that was set between `before` and `after` to tick each
// `interval`. Ticks are due at multiples of it from then on; a slow machine may drop some.
void expect_ticks(const RecvChan<TimePoint>& ticks, int count, Duration interval, TimePoint before,
                  TimePoint after) {
  std::optional<TimePoint> first;
  TimePoint last = before;
  for (int i = 0; i < count; ++i) {
    const TimePoint due = ticks.recv().value();
    EXPECT_GE(Clock::now(), due) << "a tick came before it was due";
    if (!first) {
      EXPECT_GE(due, before + interval);
      EXPECT_LE(due, after + interval) << "of all ticks the first is never dropped";
      first = due;
    } else {
      EXPECT_GE(due - last, interval);
      EXPECT_EQ((due - *first) % interval, Duration::zero()) << "the ticks drift";
    }
    last = due;
  }
  EXPECT_GE(Clock::now() - before, count * interval);
}

SLUICE_TEST_ON(ConformanceTime, TickerKeepsItsRateBeforeAndAfterReset, 1, 2, 8) {
  for (const auto& [interval, next] :
       {std::pair<Duration, Duration>(1ms, 3ms), std::pair<Duration, Duration>(3ms, 1ms)}) {
    TimePoint before = Clock::now();
    Ticker ticker(interval);
    expect_ticks(ticker.ticks(), 5, interval, before, Clock::now());
    before = Clock::now();
    ticker.reset(next);
    expect_ticks(ticker.ticks(), 5, next, before, Clock::now());
  }
}

SLUICE_TEST_ON(ConformanceTime, TickerStopsAfterStop, 1, 2, 8) {
  Ticker ticker(1ms);
  ticker.ticks().recv();
  ticker.stop();
  ticker.stop();
  EXPECT_EQ(select(on_recv(ticker.ticks()), on_recv(after(5ms))), 1)
      << "it ticked, or the channel was closed";
  const TimePoint before = Clock::now();
  ticker.reset(2ms);
  expect_ticks(ticker.ticks(), 2, 2ms, before, Clock::now());
}

SLUICE_TEST_ON(ConformanceTime, StopAndResetTakeBackATickThatIsDue, 1, 2, 8) {
  Ticker ticker(100us);
  sleep_for(1ms);
  ticker.stop();
  EXPECT_EQ(ticker.ticks().try_recv(), std::nullopt);
  ticker.reset(100us);
  sleep_for(1ms);
  const TimePoint before = Clock::now();
  ticker.reset(2ms);
  EXPECT_GE(ticker.ticks().recv().value(), before + 2ms) << "an old tick";
}

SLUICE_TEST_ON(ConformanceTime, StopHoldsOffAParkedReceiver, 1, 2, 8) {
  Ticker ticker(1h);
  const auto give_up = make_chan();
  const auto result = make_chan<int>(1);
  go([=, ticks = ticker.ticks()] { result.send(select(on_recv(ticks), on_recv(give_up))); });
  ASSERT_TRUE(test::eventually_parked("select"));
  ticker.reset(2h);
  ticker.stop();
  give_up.close();
  EXPECT_EQ(result.recv(), 1);
}

// However many intervals have passed, one tick waits; the others come at their times.
SLUICE_TEST_ON(ConformanceTime, SlowReceiverLosesTicks, 1, 2, 8) {
  constexpr Duration kInterval = 2ms;
  Ticker ticker(kInterval);
  sleep_for(10 * kInterval);
  const TimePoint begin = Clock::now();
  int waiting = 0;
  while (ticker.ticks().try_recv()) ++waiting;
  EXPECT_GE(waiting, 1);
  EXPECT_LE(waiting, 2 + (Clock::now() - begin) / kInterval) << "ticks had piled up";
}

// A panic in reset leaves the ticker as it was, and everybody else's timers too.
SLUICE_TEST_ON(ConformanceTime, IntervalMustBePositive, 1, 2, 8) {
  for (const Duration d : {Duration::zero(), Duration(-1ns), Duration::min()}) {
    EXPECT_PANIC(Ticker{d}, "non-positive interval for NewTicker");
    Ticker ticker(1ms);
    EXPECT_PANIC(ticker.reset(d), "non-positive interval for Ticker.Reset");
    EXPECT_TRUE(ticker.ticks().recv().has_value());
    ticker.stop();
    EXPECT_PANIC(ticker.reset(d), "non-positive interval for Ticker.Reset");
    Timer timer(Duration::zero());
    EXPECT_TRUE(timer.fired().recv().has_value());
    EXPECT_TRUE(after(100us).recv().has_value());
    ticker.reset(1ms);
    EXPECT_TRUE(ticker.ticks().recv().has_value());
  }
}

// Go: time.Tick, which there is no function for: the channel outlives the Ticker.
SLUICE_TEST_ON(ConformanceTime, TicksOfATickerThatWasLetGoDeliverDueTimes, 1, 2, 8) {
  const TimePoint before = Clock::now();
  const RecvChan<TimePoint> ticks = Ticker(2ms).ticks();
  const TimePoint made = Clock::now();
  sleep_for(5ms);
  expect_ticks(ticks, 3, 2ms, before, made);
}

SLUICE_TEST_ON(ConformanceTime, TenGoroutinesShareAFastTicker, 1, 2, 8) {
  constexpr int kGoroutines = 10;
  const int each = test::rounds(1'000);
  Ticker ticker(1ns);
  std::atomic<int> received{0};
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([&, ticks = ticker.ticks()] {
      TimePoint last{};
      for (int i = 0; i < each; ++i) {
        const TimePoint due = ticks.recv().value();
        EXPECT_GT(due, last) << "one tick came twice";
        last = due;
        ++received;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(received, kGoroutines * each);
}

SLUICE_TEST_ON(ConformanceTime, ManyTickersTickAndStop, 1, 2, 8) {
  WaitGroup wg;
  for (int id = 0; id < 50; ++id) {
    wg.go([=] {
      Ticker ticker(std::chrono::microseconds(10 + id * 7));
      for (int i = 0; i < test::rounds(50); ++i) {
        ASSERT_TRUE(ticker.ticks().recv().has_value());
        if (i % 10 == 9) ticker.reset(std::chrono::microseconds(10 + i));
      }
      ticker.stop();
      ASSERT_EQ(ticker.ticks().try_recv(), std::nullopt);
    });
  }
  wg.wait();
}

// The nearest thing to Go's zero Timer is one that was moved from.
SLUICE_TEST_ON(ConformanceTime, MovedFromTimersAreUninitialized, 1, 2, 8) {
  Timer from(1h);
  Timer to(std::move(from));
  EXPECT_PANIC(from.stop(), "time: Stop called on uninitialized Timer");
  EXPECT_PANIC(from.reset(1ms), "time: Reset called on uninitialized Timer");
  EXPECT_TRUE(to.stop()) << "the timer was stopped through the object that it was moved from";
  Ticker ticker(1h);
  const Ticker moved(std::move(ticker));
  ticker.stop();
  EXPECT_PANIC(ticker.reset(1ms), "time: Reset called on uninitialized Ticker");
}

}  // namespace
}  // namespace sluice
