// Sleep and AfterFunc as Go's own tests see them: time that passes without a channel.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

SLUICE_TEST_ON(ConformanceTime, SleepLastsAtLeastAsLongAsAsked, 1, 2, 8) {
  WaitGroup wg;
  for (const Duration d :
       {Duration(1ns), Duration(1us), Duration(300us), Duration(2ms), Duration(30ms)}) {
    wg.go([=] {
      const TimePoint start = Clock::now();
      sleep_for(d);
      EXPECT_GE(Clock::now() - start, d);
      const TimePoint wake = Clock::now() + d;
      sleep_until(wake);
      EXPECT_GE(Clock::now(), wake);
    });
  }
  wg.wait();
}

SLUICE_TEST_ON(ConformanceTime, SleepOfNothingOrLessReturns, 1, 2, 8) {
  WaitGroup wg;
  for (int id = 0; id < 4; ++id) {
    wg.go([] {
      for (int i = 0; i < test::rounds(10'000); ++i) {
        sleep_for(Duration::zero());
        sleep_for(-1ns);
        sleep_for(Duration::min());
        sleep_until(TimePoint::min());
      }
    });
  }
  wg.wait();
}

// Main ends while they sleep, which is how the test knows that they do.
SLUICE_CHILD(conformance_huge_sleeps) {
  return run([] {
    const auto woke = [] { std::puts("woke"); };
    go([=] { sleep_for(Duration::max()), woke(); });
    go([=] { sleep_for(Duration::max() - 1ns), woke(); });
    go([=] { sleep_until(TimePoint::max()), woke(); });
    go([=] { sleep_for(std::chrono::hours(24 * 365 * 200)), woke(); });
    const AfterFunc call(Duration::max(), woke);
    const bool asleep = test::eventually_parked("sleep", 4);
    sleep_for(5ms);
    std::fflush(stdout);
    return asleep && test::parked("sleep") == 4 ? 0 : 3;
  });
}

TEST(ConformanceTime, HugeSleepsDoNotEnd) {
  const test::ChildResult result = test::run_child(conformance_huge_sleeps);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "");
}

SLUICE_TEST_ON(ConformanceTime, AfterFuncCallsInAGoroutineOfItsOwn, 1, 2, 8) {
  const auto called = make_chan<std::uint64_t>();
  const TimePoint start = Clock::now();
  const AfterFunc first(2ms, [=] { called.send(goroutine_id()); });
  const AfterFunc second(2ms, [=] { called.send(goroutine_id()); });
  const std::uint64_t one = called.recv().value();
  EXPECT_GE(Clock::now() - start, 2ms);
  const std::uint64_t two = called.recv().value();
  EXPECT_TRUE(one != two && one != goroutine_id() && two != goroutine_id());
}

// One that blocks keeps no other from its call.
SLUICE_TEST_ON(ConformanceTime, AfterFuncThatBlocksHoldsUpNoOther, 1, 2, 8) {
  const auto release = make_chan();
  const auto called = make_chan();
  WaitGroup wg;
  wg.add(2);
  const AfterFunc blocks(Duration::zero(), [&] {
    release.recv();
    wg.done();
  });
  ASSERT_TRUE(test::eventually_parked("chan receive"));
  const AfterFunc goes(1ms, [&] {
    called.close();
    wg.done();
  });
  called.recv();
  release.close();
  wg.wait();
}

struct Chain {
  int left;
  Chan<> done;
  void next() {
    if (--left == 0) {
      const Chan<> last = done;  // a handle that outlives the Chain
      last.close();
    } else {
      AfterFunc(Duration::zero(), [this] { next(); });
    }
  }
};

SLUICE_TEST_ON(ConformanceTime, AfterFuncCallsChain, 1, 2, 8) {
  Chain chain{test::rounds(10'000), make_chan()};
  AfterFunc(Duration::zero(), [&] { chain.next(); });
  chain.done.recv();
  EXPECT_EQ(chain.left, 0);
}

// A channel that two keep busy always has something to run; the timer must get its turn.
SLUICE_TEST_ON(ConformanceTime, AfterFuncRunsBesideABusyChannel, 1, 2, 8) {
  for (std::size_t capacity : {0, 1}) {
    const auto ch = make_chan<bool>(capacity);
    std::atomic<bool> stop{false};
    WaitGroup wg;
    wg.go([&] {
      while (!stop) ch.send(true);
      ch.close();
    });
    wg.go([&] {
      for (const bool each : ch) EXPECT_TRUE(each);
    });
    const auto called = make_chan();
    AfterFunc(1us, [=] { called.close(); });
    EXPECT_EQ(select(on_recv(called), on_recv(after(20s))), 0);
    stop = true;
    wg.wait();
  }
}

SLUICE_TEST_ON(ConformanceTime, AfterFuncsOfNoTimeAllRun, 1, 2, 8) {
  const int calls = test::rounds(20'000);
  std::atomic<int> ran{0};
  for (int i = 0; i < calls; ++i) {
    AfterFunc(i % 2 == 0 ? Duration::zero() : Duration(-1), [&] { ++ran; });
    if (i % 100 == 0) {
      ASSERT_TRUE(test::eventually([&] { return ran == i + 1; }));
    }
  }
  EXPECT_TRUE(test::eventually([&] { return ran == calls; })) << ran << " of " << calls;
}

SLUICE_TEST_ON(ConformanceTime, StoppedAfterFuncDoesNotRunNorDragOthers, 1, 2, 8) {
  constexpr int kTimers = 40;
  std::atomic<int> ran{0};
  std::vector<AfterFunc> stopped;
  std::vector<AfterFunc> kept;
  for (int i = 0; i < kTimers; ++i) {
    stopped.emplace_back(1h, [] { ADD_FAILURE() << "a stopped one ran"; });
    kept.emplace_back(std::chrono::microseconds(100 * i), [&] { ++ran; });
  }
  for (AfterFunc& each : stopped) EXPECT_TRUE(each.stop());
  for (AfterFunc& each : stopped) EXPECT_FALSE(each.stop());
  EXPECT_TRUE(test::eventually([&] { return ran == kTimers; }));
  for (AfterFunc& each : kept) EXPECT_FALSE(each.stop());
}

SLUICE_TEST_ON(ConformanceTime, ResetOfAfterFuncSaysWhetherItWasPending, 1, 2, 8) {
  const auto called = make_chan<TimePoint>();
  AfterFunc timer(1h, [=] { called.send(Clock::now()); });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(timer.reset(1h), i == 0) << "round " << i;
    const TimePoint moved = Clock::now();
    EXPECT_TRUE(timer.reset(2ms));
    EXPECT_GE(called.recv().value(), moved + 2ms);
  }
  EXPECT_FALSE(timer.stop());
}

// Each setting either is taken back, which stop or reset says, or makes one call.
SLUICE_TEST_ON(ConformanceTime, StopAndResetOfAfterFuncAgreeWithItsCallsInARace, 1, 2, 8) {
  for (int round = 0; round < test::rounds(200); ++round) {
    std::atomic<int> calls{0};
    std::atomic<int> settings{1};
    std::atomic<int> taken_back{0};
    AfterFunc timer(std::chrono::microseconds(round % 50), [&] { ++calls; });
    WaitGroup wg;
    for (int id = 0; id < 4; ++id) {
      wg.go([&, id] {
        for (int i = 0; i < 5; ++i) {
          if ((id + i) % 3 == 0) {
            taken_back += timer.stop() ? 1 : 0;
          } else {
            ++settings;
            taken_back += timer.reset(std::chrono::microseconds((id * 13 + i * 7) % 30)) ? 1 : 0;
          }
          if (i % 2 == 0) yield();
        }
      });
    }
    wg.wait();
    ASSERT_TRUE(test::eventually([&] { return calls + taken_back >= settings; }))
        << calls << " calls, " << taken_back << " taken back of " << settings;
    ASSERT_FALSE(timer.stop()) << "still pending after all have been accounted for";
    ASSERT_TRUE(test::eventually([] { return num_goroutines() == 1; }));
    ASSERT_EQ(calls + taken_back, settings);
  }
}

SLUICE_CHILD(conformance_pending_after_func_is_life) {
  return run([] {
    AfterFunc(30ms, [] {
      std::puts("called");
      std::fflush(stdout);
    });
    make_chan().recv();
  });
}
SLUICE_CHILD(conformance_stopped_after_func_is_no_life) {
  return run([] {
    AfterFunc timer(1h, [] { std::puts("called"); });
    timer.stop();
    make_chan().recv();
  });
}
SLUICE_CHILD(conformance_sleeper_is_life) {
  return run([] {
    const auto ch = make_chan();
    go([=] {
      sleep_for(30ms);
      ch.close();
    });
    ch.recv();
  });
}

TEST(ConformanceTime, PendingAfterFuncHoldsOffTheDeadlockUntilItHasRun) {
  const std::string asleep = "fatal error: all goroutines are asleep - deadlock!\n";
  const test::ChildResult pending = test::run_child(conformance_pending_after_func_is_life);
  EXPECT_EQ(pending.status, 2);
  EXPECT_EQ(pending.out, "called\n");
  EXPECT_EQ(pending.err.substr(0, asleep.size()), asleep);
  const test::ChildResult stopped = test::run_child(conformance_stopped_after_func_is_no_life);
  EXPECT_EQ(stopped.status, 2);
  EXPECT_EQ(stopped.out, "");
  EXPECT_EQ(stopped.err.substr(0, asleep.size()), asleep);
  EXPECT_EQ(test::run_child(conformance_sleeper_is_life).status, 0);
}

}  // namespace
}  // namespace sluice
