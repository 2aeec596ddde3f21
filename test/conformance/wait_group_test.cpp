// WaitGroup as Go's own tests see it: two of them as a barrier, misuse that panics, waits that
// end neither early nor never, and go() with a function that ends in every way there is.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/misuse.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

// The same two groups serve all rounds.
SLUICE_TEST_ON(ConformanceWaitGroup, TwoGroupsAsABarrierOfSixteenForEightRounds, 1, 2, 8) {
  constexpr int kGoroutines = 16;
  WaitGroup arrived;
  WaitGroup may_leave;
  for (int round = 0; round < 8; ++round) {
    arrived.add(kGoroutines);
    may_leave.add(kGoroutines);
    const auto left = make_chan(kGoroutines);
    for (int i = 0; i < kGoroutines; ++i) {
      go([&, left] {
        arrived.done();
        may_leave.wait();
        left.send();
      });
    }
    arrived.wait();
    for (int i = 0; i < kGoroutines; ++i) {
      ASSERT_FALSE(left.try_recv()) << "left with " << kGoroutines - i << " to come";
      may_leave.done();
    }
    for (int i = 0; i < kGoroutines; ++i) left.recv();
  }
}

SLUICE_TEST_ON(ConformanceWaitGroup, NegativeCounterPanicsAndCanBeCaught, 1, 2, 8) {
  test::expect_reports({"SL501"});
  WaitGroup wg;
  wg.add();
  wg.done();
  EXPECT_PANIC(wg.done(), "sync: negative WaitGroup counter");
  WaitGroup at_once;
  EXPECT_PANIC(at_once.add(-3), "sync: negative WaitGroup counter");
  WaitGroup by_two;
  by_two.add();
  EXPECT_PANIC(by_two.add(-2), "sync: negative WaitGroup counter");
  // Caught: the goroutine, and the groups that were used well, go on.
  WaitGroup sound;
  sound.go([] { yield(); });
  sound.wait();
}

SLUICE_TEST_ON(ConformanceWaitGroup, WaitReturnsOnlyAfterBothOfTwoDones, 1, 2, 8) {
  for (int i = 0; i < test::rounds(1000); ++i) {
    WaitGroup wg;
    std::atomic<int> done{0};
    wg.add(2);
    for (int id = 0; id < 2; ++id) {
      go([&] {
        ++done;
        wg.done();
      });
    }
    wg.wait();
    ASSERT_EQ(done, 2) << "woken by one of two, round " << i;
  }
}

// The parked wait is what could wake for nothing: every done but the last must leave it alone.
SLUICE_TEST_ON(ConformanceWaitGroup, ParkedWaitSleepsThroughAllButTheLastDone, 1, 2, 8) {
  WaitGroup wg;
  wg.add(5);
  std::atomic<bool> woken{false};
  go([&] {
    wg.wait();
    woken = true;
  });
  for (int left = 5; left > 0; --left) {
    ASSERT_TRUE(test::eventually_parked("semacquire"));
    EXPECT_FALSE(woken) << left << " left";
    wg.done();
  }
  EXPECT_TRUE(test::eventually([&] { return woken.load(); }));
}

// Go's group once needed eight aligned bytes that it had to find itself.
SLUICE_TEST_ON(ConformanceWaitGroup, WorksAtEveryPlaceInAnObject, 1, 2, 8) {
  struct AfterAByte {
    char byte = 'a';
    WaitGroup wg;
    char last = 'z';
  };
  struct BetweenInts {
    std::int32_t before = -1;
    WaitGroup wg;
    std::int32_t after = -1;
  };
  std::array<AfterAByte, 3> first;
  std::array<BetweenInts, 3> second;
  std::atomic<int> ran{0};
  for (AfterAByte& each : first) each.wg.go([&] { ++ran; });
  for (BetweenInts& each : second) each.wg.go([&] { ++ran; });
  for (AfterAByte& each : first) each.wg.wait();
  for (BetweenInts& each : second) each.wg.wait();
  EXPECT_EQ(ran, 6);
  for (const AfterAByte& each : first) EXPECT_TRUE(each.byte == 'a' && each.last == 'z');
  for (const BetweenInts& each : second) EXPECT_EQ(each.before + each.after, -2);
}

// add at zero while a wait is being released: it may go well or panic, on either side, but only
// with Go's words, and the waiter gets away in the end.
SLUICE_TEST_ON(ConformanceWaitGroup, AddAgainstAWaitEndsWellOrInGosWords, 2, 8) {
  test::expect_reports({"SL501", "SL505", "SL507", "SL508"});
  for (int round = 0; round < test::rounds(2000); ++round) {
    WaitGroup wg;
    std::atomic<bool> released{false};
    std::atomic<int> busy{3};
    wg.add();
    const auto panics = [&](auto step) {
      try {
        step();
        return false;
      } catch (const Panic& panic) {
        EXPECT_STREQ(panic.what(), "sync: WaitGroup misuse: Add called concurrently with Wait");
        return true;
      }
    };
    std::atomic<bool> done_panicked{false}, add_panicked{false};
    go([&] {
      wg.wait();
      released = true;
      --busy;
    });
    go([&] {
      done_panicked = panics([&] { wg.done(); });
      --busy;
    });
    go([&] {
      add_panicked = panics([&] { wg.add(); });
      --busy;
    });
    ASSERT_TRUE(test::eventually([&] { return busy <= (released ? 0 : 1); }));
    // An add that alone panicked came while the waiter was on its way out already, and counts no
    // more.
    const bool counts = !add_panicked || done_panicked;
    if (!released && counts) wg.done();
    ASSERT_TRUE(test::eventually([&] { return busy == 0; })) << "the waiter was lost";
    EXPECT_TRUE(add_panicked || !done_panicked) << "done panics for an add that came in between";
  }
}

// An add from above zero is no misuse, however many wait.
SLUICE_TEST_ON(ConformanceWaitGroup, AddAboveZeroWhileOthersWaitIsFine, 1, 2, 8) {
  WaitGroup wg;
  WaitGroup waiters;
  wg.add();
  std::atomic<int> released{0};
  for (int i = 0; i < 4; ++i) {
    waiters.go([&] {
      wg.wait();
      ++released;
    });
  }
  ASSERT_TRUE(test::eventually_parked("semacquire", 4));
  EXPECT_NO_THROW(wg.add(2));
  wg.done();
  wg.done();
  EXPECT_EQ(released, 0);
  wg.done();
  waiters.wait();
  EXPECT_EQ(released, 4);
}

// Ours to promise beyond Go: used again at once, even while others are still leaving wait.
SLUICE_TEST_ON(ConformanceWaitGroup, MayBeUsedAgainAsSoonAsAWaitReturned, 1, 2, 8) {
  WaitGroup wg;
  for (int round = 0; round < test::rounds(500); ++round) {
    std::atomic<int> ran{0};
    for (int i = 0; i < 3; ++i) wg.go([&] { ++ran; });
    wg.wait();
    ASSERT_EQ(ran, 3);
  }
}

SLUICE_TEST_ON(ConformanceWaitGroup, GoAddsRunsAndCallsDone, 1, 2, 8) {
  WaitGroup wg;
  const auto gate = make_chan();
  std::atomic<int> ran{0};
  std::atomic<bool> waited{false};
  for (int i = 0; i < 10; ++i) {
    wg.go([&] {
      gate.recv();
      ++ran;
    });
  }
  const auto over = make_chan();
  go([&, over] {
    wg.wait();
    waited = true;
    over.close();
  });
  ASSERT_TRUE(test::eventually_parked("semacquire"));
  for (int i = 0; i < 9; ++i) gate.send();
  ASSERT_TRUE(test::eventually([&] { return ran == 9; }));
  EXPECT_FALSE(waited);
  gate.send();
  over.recv();
  EXPECT_EQ(ran, 10);
}

SLUICE_TEST_ON(ConformanceWaitGroup, GoCallsDoneAfterExitGoroutine, 1, 2, 8) {
  WaitGroup wg;
  std::atomic<int> unwound{0};
  for (int i = 0; i < 10; ++i) {
    wg.go([&] {
      Defer note{[&] { ++unwound; }};
      exit_goroutine();
    });
  }
  wg.wait();
  EXPECT_EQ(unwound, 10) << "done must come after the function has unwound";
}

// The exception must end the process before wait can return and main can end it with status 0.
SLUICE_CHILD(conformance_wait_group_go_throws) {
  return run(Options{.workers = 2}, [] {
    WaitGroup wg;
    wg.go([] { throw std::runtime_error("out of go"); });
    wg.wait();
    std::puts("wait returned");
  });
}

TEST(ConformanceWaitGroup, ExceptionOutOfGoEndsTheProcessBeforeWaitReturns) {
  for (int i = 0; i < 5; ++i) {
    test::expect_fatal(conformance_wait_group_go_throws, "panic: std::runtime_error: out of go\n");
  }
}

}  // namespace
}  // namespace sluice
