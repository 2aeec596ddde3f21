// sleep_for and sleep_until: never early, nothing to do for times that have passed.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

SLUICE_TEST(Sleep, LastsAtLeastAsLongAsAsked) {
  for (const Duration d : {Duration(1us), Duration(100us), Duration(1ms), Duration(15ms)}) {
    const TimePoint start = Clock::now();
    sleep_for(d);
    EXPECT_GE(Clock::now() - start, d);
  }
}

SLUICE_TEST(Sleep, UntilIsNotEarly) {
  const TimePoint wake = Clock::now() + 5ms;
  sleep_until(wake);
  EXPECT_GE(Clock::now(), wake);
}

SLUICE_TEST(Sleep, ZeroAndNegativeReturn) {
  for (int i = 0; i < test::rounds(10'000); ++i) {
    sleep_for(Duration::zero());
    sleep_for(-1s);
  }
  sleep_for(Duration::min());
  sleep_until(TimePoint::min());
  sleep_until(Clock::now() - 1h);
}

SLUICE_TEST(Sleep, OthersRunMeanwhile) {
  std::atomic<bool> stop{false};
  long turns = 0;
  WaitGroup wg;
  wg.go([&] {
    while (!stop) {
      ++turns;
      yield();
    }
  });
  sleep_for(5ms);
  stop = true;
  wg.wait();
  EXPECT_GT(turns, 0);
}

// How late a goroutine wakes that is due soon after another one, which then computes until that has
// woken: one round in four is on time on a busy machine, too.
Duration lateness_beside_one_that_computes() {
  std::vector<Duration> lateness;
  for (int i = 0; i < 20; ++i) {
    std::atomic<bool> woken{false};
    const TimePoint start = Clock::now();
    WaitGroup wg;
    wg.go([&] {
      sleep_until(start + 1ms);
      while (!woken) continue;
    });
    wg.go([&] {
      sleep_until(start + 2ms);
      lateness.push_back(Clock::now() - (start + 2ms));
      woken = true;
    });
    wg.wait();
  }
  std::sort(lateness.begin(), lateness.end());
  return lateness[lateness.size() / 4];
}

TEST(SleepOnTwoWorkers, WakesOnTimeWhileTheOneThatWokeBeforeComputes) {
  Duration lateness{};
  run(Options{.workers = 2}, [&] { lateness = lateness_beside_one_that_computes(); });
  EXPECT_LT(lateness, 2ms);
}

SLUICE_TEST(Sleep, ManyAtOnce) {
  const int sleepers = test::goroutines(5'000);
  std::atomic<int> early{0};
  WaitGroup wg;
  for (int i = 0; i < sleepers; ++i) {
    wg.go([&, i] {
      const Duration d = std::chrono::microseconds(i % 1000 * 20);
      const TimePoint start = Clock::now();
      sleep_for(d);
      if (Clock::now() - start < d) ++early;
    });
  }
  wg.wait();
  EXPECT_EQ(early, 0);
}

// Goroutines that sleep for less wake first. A stalled machine can upset that, so the distances
// grow from try to try; a wrong order is wrong at every distance.
SLUICE_TEST(Sleep, WakesInOrderOfTime) {
  const std::vector<int> slots{5, 3, 6, 1, 7, 2, 4, 0, 9, 8};
  std::vector<int> woken;
  for (Duration distance = 2ms; distance <= 64ms; distance *= 2) {
    woken.clear();
    Mutex mu;
    WaitGroup wg;
    const TimePoint start = Clock::now() + 1ms;
    for (int slot : slots) {
      wg.go([&, slot] {
        sleep_until(start + slot * distance);
        Lock lock(mu);
        woken.push_back(slot);
      });
    }
    wg.wait();
    if (std::is_sorted(woken.begin(), woken.end())) return;
  }
  ADD_FAILURE() << "woken in the order " << testing::PrintToString(woken);
}

SLUICE_TEST(Sleep, EarlierSleeperIsNotHeldUpByALaterOne) {
  const auto done = make_chan();
  go([=] { select(on_recv(after(1h)), on_recv(done)); });
  ASSERT_TRUE(test::eventually_parked("select"));
  const TimePoint start = Clock::now();
  sleep_for(1ms);
  EXPECT_LT(Clock::now() - start, 10s);
  done.close();
}

SLUICE_TEST(Sleep, ForeignThread) {
  test::ForeignThread thread([] {
    const TimePoint start = Clock::now();
    sleep_for(5ms);
    EXPECT_GE(Clock::now() - start, 5ms);
    sleep_for(-1s);
    sleep_until(start);
  });
}

}  // namespace
}  // namespace sluice
