// Goroutines of one task: the first failure calls off the others, and wait tells it.
#include "sluice/err_group.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

SLUICE_TEST(ErrGroup, WaitsForAllAndEndsItsContext) {
  ErrGroup group;
  std::atomic<int> done{0};
  for (int i = 0; i < 10; ++i) {
    group.go([&] {
      yield();
      ++done;
    });
  }
  group.wait();
  EXPECT_EQ(done, 10);
  EXPECT_EQ(group.context().err(), ContextError::canceled);
}

SLUICE_TEST(ErrGroup, FirstFailureCallsOffTheOthersAndIsThrown) {
  ErrGroup group;
  std::atomic<int> called_off{0};
  for (int i = 0; i < 5; ++i) {
    group.go([&] {
      group.context().done().recv();
      ++called_off;
      throw std::runtime_error("a later one");
    });
  }
  group.go([] { throw std::out_of_range("the first"); });
  EXPECT_THROW(group.wait(), std::out_of_range);
  EXPECT_EQ(called_off, 5);
  try {
    std::rethrow_exception(group.context().cause());
  } catch (const std::out_of_range& cause) {
    EXPECT_STREQ(cause.what(), "the first");
  }
}

SLUICE_TEST(ErrGroup, AnythingThatIsThrownIsAFailure) {
  ErrGroup group;
  group.go([] { throw 5; });
  EXPECT_THROW(group.wait(), int);
}

SLUICE_TEST(ErrGroup, OneThatExitsHasNotFailed) {
  ErrGroup group;
  group.set_limit(1);
  group.go([] { exit_goroutine(); });
  group.go([] {});  // the place of the one that exited
  EXPECT_NO_THROW(group.wait());
}

SLUICE_TEST(ErrGroup, EndsWithItsParent) {
  const auto [parent, cancel] = with_cancel(Context::background());
  ErrGroup group(parent);
  group.go([&] { group.context().done().recv(); });
  cancel();
  group.wait();
}

SLUICE_TEST(ErrGroup, LimitsHowManyRun) {
  constexpr int kLimit = 3;
  ErrGroup group;
  group.set_limit(kLimit);
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  for (int i = 0; i < 100; ++i) {
    group.go([&] {
      const int now = ++running;
      int seen = most;
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      yield();
      --running;
    });
  }
  group.wait();
  EXPECT_LE(most, kLimit);
}

SLUICE_TEST(ErrGroup, TryGoRefusesWhatIsAboveTheLimit) {
  ErrGroup group;
  group.set_limit(1);
  const auto end = make_chan();
  EXPECT_TRUE(group.try_go([=] { end.recv(); }));
  EXPECT_FALSE(group.try_go([] { ADD_FAILURE() << "ran above the limit"; }));
  EXPECT_PANIC(group.set_limit(2),
               "errgroup: modify limit while goroutines in the group are still active");
  end.send();
  group.wait();
  group.set_limit(-1);
  EXPECT_TRUE(group.try_go([] {}));
  group.wait();
}

SLUICE_TEST(ErrGroup, TakesMoveOnlyFunctions) {
  ErrGroup group;
  auto value = std::make_unique<int>(3);
  int seen = 0;
  group.go([&seen, value = std::move(value)] { seen = *value; });
  group.wait();
  EXPECT_EQ(seen, 3);
}

SLUICE_TEST(ErrGroup, DestructionCallsOffAndWaits) {
  std::atomic<int> ended{0};
  {
    ErrGroup group;
    for (int i = 0; i < 3; ++i) {
      group.go([&] {
        group.context().done().recv();
        ++ended;
      });
    }
  }
  EXPECT_EQ(ended, 3);
}

}  // namespace
}  // namespace sluice
