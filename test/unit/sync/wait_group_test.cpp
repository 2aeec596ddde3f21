// Counting work that is under way, and waiting for none to be left.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

SLUICE_TEST(WaitGroup, WaitAtZeroReturns) {
  WaitGroup wg;
  wg.wait();
  wg.add(0);
  wg.wait();
  wg.add(3);
  wg.add(-2);
  wg.done();
  wg.wait();
}

SLUICE_TEST(WaitGroup, ManyMayWait) {
  WaitGroup work;
  WaitGroup waiters;
  work.add();
  std::atomic<int> released{0};
  for (int i = 0; i < 20; ++i) {
    waiters.go([&] {
      work.wait();
      ++released;
    });
  }
  ASSERT_TRUE(test::eventually(
      [] { return test::parked("semacquire") + test::parked("sync.WaitGroup.Wait") >= 20; }));
  EXPECT_EQ(released, 0);
  work.done();
  waiters.wait();
  EXPECT_EQ(released, 20);
}

// What happened before done is seen after wait, though the numbers are no atomics.
SLUICE_TEST(WaitGroup, PublishesWhatWasWritten) {
  for (int round = 0; round < test::rounds(200); ++round) {
    std::array<int, 8> results{};
    WaitGroup wg;
    for (std::size_t i = 0; i < results.size(); ++i) wg.go([&, i] { results[i] = round; });
    wg.wait();
    for (int result : results) ASSERT_EQ(result, round);
  }
}

// done touches the group no more once wait can return: the waiter destroys it at once.
SLUICE_TEST(WaitGroup, MayBeDestroyedAfterWait) {
  for (int i = 0; i < test::rounds(5000); ++i) {
    auto wg = std::make_unique<WaitGroup>();
    wg->add(2);
    go([raw = wg.get()] { raw->done(); });
    go([raw = wg.get()] { raw->done(); });
    wg->wait();
    wg.reset();
  }
}

SLUICE_TEST(WaitGroup, MayBeUsedAgain) {
  WaitGroup wg;
  int total = 0;
  Mutex mu;
  for (int round = 0; round < test::rounds(500); ++round) {
    for (int i = 0; i < 3; ++i) {
      wg.go([&] {
        Lock lock(mu);
        ++total;
      });
    }
    wg.wait();
    Lock lock(mu);
    ASSERT_EQ(total, 3 * (round + 1));
  }
}

SLUICE_TEST(WaitGroup, GoTakesMoveOnlyFunctions) {
  WaitGroup wg;
  std::atomic<int> seen{0};
  wg.go([&, value = std::make_unique<int>(5)] { seen = *value; });
  wg.wait();
  EXPECT_EQ(seen, 5);
}

// The count is there before go returns, and until what the function owns is gone.
SLUICE_TEST(WaitGroup, GoCountsFromTheCallOn) {
  WaitGroup wg;
  std::atomic<int> ran{0};
  for (int i = 0; i < 100; ++i) {
    wg.go([&] { ++ran; });
    if (i % 10 == 9) {
      wg.wait();
      EXPECT_EQ(ran, i + 1);
    }
  }
}

SLUICE_TEST(WaitGroup, AddInsideACountedGoroutine) {
  WaitGroup wg;
  std::atomic<int> ran{0};
  wg.go([&] {
    for (int i = 0; i < 10; ++i) {
      wg.go([&] {
        wg.go([&] { ++ran; });
        ++ran;
      });
    }
  });
  wg.wait();
  EXPECT_EQ(ran, 20);
}

SLUICE_TEST(WaitGroup, ForeignThreadsCountAndWait) {
  WaitGroup wg;
  wg.add(2);
  std::atomic<int> waited{0};
  {
    test::ForeignThread waiter([&] {
      wg.wait();
      ++waited;
    });
    test::ForeignThread worker([&] { wg.done(); });
    go([&] { wg.done(); });
    wg.wait();
  }
  EXPECT_EQ(waited, 1);
}

}  // namespace
}  // namespace sluice
