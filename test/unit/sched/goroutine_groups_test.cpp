// Groups of goroutines: exact counts, also of stacks that are recognised without being unwound.
#include "sched/goroutine_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "sched/inspect.hpp"
#include "sched/park.hpp"
#include "sched/scheduler.hpp"
#include "sched/stack_shape.hpp"
#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"

namespace sluice::detail {
namespace {

[[gnu::noinline]] int receive_below(const Chan<int>& from, int depth) {
  if (depth == 0) return from.recv().value_or(0);
  return receive_below(from, depth - 1) + 1;
}
// The same frames at other sizes: as deep, and yet somewhere else.
[[gnu::noinline]] int receive_here(const Chan<int>& from) { return from.recv().value_or(1); }
[[gnu::noinline]] int receive_there(const Chan<int>& from) { return from.recv().value_or(2); }

std::vector<GoroutineGroup> that_receive(std::size_t most_stacks = SIZE_MAX) {
  std::vector<GoroutineGroup> all = goroutine_groups(most_stacks);
  std::erase_if(all, [](const GoroutineGroup& group) {
    return group.status != Status::waiting || group.reason != WaitReason::chan_receive;
  });
  return all;
}

std::vector<std::uint64_t> counts(const std::vector<GoroutineGroup>& groups) {
  std::vector<std::uint64_t> all;
  for (const GoroutineGroup& each : groups) all.push_back(each.count);
  std::sort(all.begin(), all.end());
  return all;
}

SLUICE_TEST(GoroutineGroups, OneOfAllThatStandAlike) {
  auto silent = make_chan<int>();
  for (int i = 0; i < 100; ++i) go([=] { receive_below(silent, 0); });
  ASSERT_TRUE(test::eventually_parked("chan receive", 100));
  EXPECT_THAT(counts(that_receive()), testing::ElementsAre(100));
  silent.close();
}

SLUICE_TEST(GoroutineGroups, ByWhereTheyStandAndWereStarted) {
  auto silent = make_chan<int>();
  for (int i = 0; i < 90; ++i) {
    go([=] {
      if (i % 3 == 0) {
        receive_below(silent, 3);
      } else if (i % 9 == 1) {
        receive_here(silent);
      } else {
        receive_there(silent);
      }
    });
  }
  for (int i = 0; i < 5; ++i) go([=] { receive_below(silent, 3); });
  ASSERT_TRUE(test::eventually_parked("chan receive", 95));
  EXPECT_THAT(counts(that_receive()), testing::ElementsAre(5, 10, 30, 50));
  silent.close();
}

SLUICE_TEST(GoroutineGroups, WhoIsNotLookedAtIsCountedAllTheSame) {
  auto silent = make_chan<int>();
  for (int i = 0; i < 40; ++i) go([=] { receive_below(silent, i % 4); });
  ASSERT_TRUE(test::eventually_parked("chan receive", 40));
  std::uint64_t known = 0, unknown = 0;
  // Main and others of the test may be looked at first, or not.
  for (const GoroutineGroup& each : that_receive(0)) {
    (each.pcs.empty() ? unknown : known) += each.count;
  }
  EXPECT_EQ(known, 0u);
  EXPECT_EQ(unknown, 40u);
  silent.close();
}

// What is recognised is what would have been unwound.
SLUICE_TEST(GoroutineGroups, ShapesFitThoseWithTheSameStack) {
  auto silent = make_chan<int>();
  for (int i = 0; i < 60; ++i) {
    go([=] { i % 2 == 0 ? receive_below(silent, i % 5) : receive_here(silent); });
  }
  ASSERT_TRUE(test::eventually_parked("chan receive", 60));
  std::vector<const Goroutine*> parked;
  const CurrentRun run;
  run->freeze();
  for_each_goroutine(
      [](Goroutine& each, void* into) {
        if (each.status.load() != Status::waiting) return;
        static_cast<std::vector<const Goroutine*>*>(into)->push_back(&each);
      },
      &parked);
  std::size_t fitting = 0;
  for (const Goroutine* one : parked) {
    const StackShape shape(*one);
    EXPECT_FALSE(shape.pcs().empty());
    EXPECT_TRUE(shape.fits(*one));
    for (const Goroutine* other : parked) {
      if (one == other) continue;
      const bool same = StackShape(*other).pcs() == shape.pcs() &&
                        StackShape::depth(*other) == StackShape::depth(*one);
      EXPECT_EQ(shape.fits(*other), same);
      fitting += same ? 1 : 0;
    }
  }
  run->thaw();
  EXPECT_GE(fitting, 60u * 5);
  silent.close();
}

SLUICE_TEST(GoroutineGroups, StatesOfThoseThatDoNotWait) {
  WaitGroup group;
  std::atomic<bool> over{false};
  std::atomic<int> inside{0};
  group.go([&] {
    blocking([&] {
      ++inside;
      while (!over.load()) std::this_thread::yield();
    });
  });
  ASSERT_TRUE(test::eventually([&] { return inside.load() == 1; }));
  int blocked = 0, running = 0;
  for (const GoroutineGroup& each : goroutine_groups(SIZE_MAX)) {
    if (each.status != Status::running) continue;
    (each.blocking ? blocked : running) += static_cast<int>(each.count);
    EXPECT_EQ(each.pcs.empty(), each.blocking);  // only one's own stack is to be seen
  }
  EXPECT_EQ(blocked, 1);
  EXPECT_EQ(running, 1);
  over.store(true);
  group.wait();
}

}  // namespace
}  // namespace sluice::detail
