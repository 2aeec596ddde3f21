// Once: one call, seen by all.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

SLUICE_TEST(Once, RunsOnceAndItsEffectIsVisible) {
  for (int round = 0; round < test::rounds(500); ++round) {
    Once once;
    int value = 0;  // no atomic: call itself must order the write before every return
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.go([&] {
        once.call([&] { ++value; });
        EXPECT_EQ(value, 1);
      });
    }
    wg.wait();
    ASSERT_EQ(value, 1);
  }
}

SLUICE_TEST(Once, OthersWaitUntilTheCallIsOver) {
  Once once;
  const auto enter = make_chan();
  const auto leave = make_chan();
  std::atomic<bool> over{false};
  WaitGroup wg;
  wg.go([&] {
    once.call([&] {
      enter.close();
      leave.recv();
      over = true;
    });
  });
  enter.recv();
  for (int i = 0; i < 5; ++i) {
    wg.go([&] {
      once.call([] { ADD_FAILURE() << "ran twice"; });
      EXPECT_TRUE(over);
    });
  }
  ASSERT_TRUE(test::eventually(
      [] { return test::parked("sync.Once.Do") + test::parked("sync.Mutex.Lock") >= 5; }));
  leave.close();
  wg.wait();
}

SLUICE_TEST(Once, ThrowingCounts) {
  Once once;
  EXPECT_THROW(once.call([] { throw std::runtime_error("first"); }), std::runtime_error);
  int calls = 0;
  EXPECT_NO_THROW(once.call([&] { ++calls; }));
  EXPECT_EQ(calls, 0);
}

SLUICE_TEST(Once, ThrowingLetsWaitersGo) {
  Once once;
  const auto enter = make_chan();
  const auto leave = make_chan();
  WaitGroup wg;
  wg.go([&] {
    EXPECT_THROW(once.call([&] {
      enter.close();
      leave.recv();
      throw 5;
    }),
                 int);
  });
  enter.recv();
  wg.go([&] { once.call([] { ADD_FAILURE() << "ran twice"; }); });
  ASSERT_TRUE(test::eventually(
      [] { return test::parked("sync.Once.Do") + test::parked("sync.Mutex.Lock") >= 1; }));
  leave.close();
  wg.wait();
}

SLUICE_TEST(Once, OncesInsideEachOther) {
  Once outer;
  Once inner;
  int calls = 0;
  outer.call([&] { inner.call([&] { ++calls; }); });
  inner.call([&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

SLUICE_TEST(Once, SharedWithForeignThreads) {
  for (int round = 0; round < test::rounds(100); ++round) {
    Once once;
    int value = 0;
    auto use = [&] {
      once.call([&] { ++value; });
      EXPECT_EQ(value, 1);
    };
    WaitGroup wg;
    test::ForeignThread thread(use);
    for (int i = 0; i < 3; ++i) wg.go(use);
    wg.wait();
  }
}

}  // namespace
}  // namespace sluice
