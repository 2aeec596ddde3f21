// The heap of moments: order, removal, and what happens when firing and removing meet.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"
#include "time/timer_heap.hpp"

namespace sluice::detail {
namespace {

// Far ahead, so that no worker of a run elsewhere would fire them.
const std::int64_t kBase = base::now() + std::int64_t{3600} * 1'000'000'000;

struct Moment : TimerNode {
  std::vector<std::int64_t>* fired = nullptr;
};

void note(TimerNode& node) {
  static_cast<Moment&>(node).fired->push_back(node.due);
  node.firing.store(false);
}

TEST(TimerHeap, FiresInOrderOfTime) {
  test::Random random(test::seed());
  for (int round = 0; round < 50; ++round) {
    std::vector<std::int64_t> fired;
    std::vector<Moment> moments(1 + random.below(200));
    for (Moment& moment : moments) {
      moment.due = kBase + static_cast<std::int64_t>(random.below(100));
      moment.fire = &note;
      moment.fired = &fired;
      timer_add(moment);
    }
    const auto earliest =
        std::min_element(moments.begin(), moments.end(),
                         [](const Moment& a, const Moment& b) { return a.due < b.due; });
    EXPECT_EQ(timers_next_due(), earliest->due);
    timers_poll(kBase - 1);
    EXPECT_TRUE(fired.empty());
    timers_poll(kBase + 1000);
    EXPECT_EQ(fired.size(), moments.size());
    EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
    EXPECT_EQ(timers_next_due(), base::kNever);
  }
}

TEST(TimerHeap, PollFiresWhatIsDueOnly) {
  std::vector<std::int64_t> fired;
  std::vector<Moment> moments(100);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    moments[i].due = kBase + static_cast<std::int64_t>((i * 37) % 100);
    moments[i].fire = &note;
    moments[i].fired = &fired;
    timer_add(moments[i]);
  }
  for (std::int64_t t = 0; t < 100; ++t) {
    EXPECT_EQ(timers_next_due(), kBase + t);
    timers_poll(kBase + t);
    ASSERT_EQ(fired.size(), static_cast<std::size_t>(t) + 1);
    EXPECT_EQ(fired.back(), kBase + t);
  }
}

TEST(TimerHeap, RemovedOnesDoNotFire) {
  test::Random random(test::seed());
  for (int round = 0; round < 50; ++round) {
    std::vector<std::int64_t> fired;
    std::vector<std::int64_t> expected;
    std::vector<Moment> moments(100);
    for (Moment& moment : moments) {
      moment.due = kBase + static_cast<std::int64_t>(random.below(1000));
      moment.fire = &note;
      moment.fired = &fired;
      timer_add(moment);
    }
    for (Moment& moment : moments) {
      if (random.one_in(2)) {
        EXPECT_TRUE(timer_remove(moment));
        EXPECT_FALSE(timer_remove(moment));
      } else {
        expected.push_back(moment.due);
      }
    }
    std::sort(expected.begin(), expected.end());
    timers_poll(kBase + 1000);
    EXPECT_EQ(fired, expected);
    for (Moment& moment : moments) EXPECT_FALSE(timer_remove(moment));
  }
}

TEST(TimerHeap, ClearForgetsEverything) {
  std::vector<std::int64_t> fired;
  std::vector<Moment> moments(10);
  for (Moment& moment : moments) {
    moment.due = kBase;
    moment.fire = &note;
    moment.fired = &fired;
    timer_add(moment);
  }
  timers_clear();
  EXPECT_EQ(timers_next_due(), base::kNever);
  timers_poll(kBase + 1);
  EXPECT_TRUE(fired.empty());
  EXPECT_FALSE(timer_remove(moments[0]));
}

// What was left in used to be missed when another one took the place of one that was taken out.
TEST(TimerHeap, ClearLeavesThoseThatOutliveTheRun) {
  test::Random random(test::seed());
  for (int round = 0; round < 200; ++round) {
    std::vector<std::int64_t> fired, expected;
    std::vector<Moment> moments(50);
    for (Moment& moment : moments) {
      moment.due = kBase + static_cast<std::int64_t>(random.below(1000));
      moment.fire = &note;
      moment.fired = &fired;
      moment.outlives_run = random.one_in(2);
      if (moment.outlives_run) expected.push_back(moment.due);
      timer_add(moment);
    }
    timers_clear();
    std::sort(expected.begin(), expected.end());
    timers_poll(kBase + 1000);
    EXPECT_EQ(fired, expected);
    for (Moment& moment : moments) EXPECT_FALSE(timer_remove(moment));
  }
}

struct Counted : TimerNode {
  std::atomic<int> count{0};
};

// Removal says whether it prevented the firing, however the two race; never both, never neither.
TEST(TimerHeap, RemoveAndFireAgree) {
  std::atomic<bool> stop{false};
  std::jthread poller([&] {
    while (!stop) timers_poll(kBase + 1);
  });
  for (int round = 0; round < test::rounds(20'000); ++round) {
    Counted node;
    node.due = kBase;
    node.fire = [](TimerNode& fired) {
      ++static_cast<Counted&>(fired).count;
      fired.firing.store(false, std::memory_order_release);
    };
    timer_add(node);
    if (round % 3 == 0) std::this_thread::yield();
    const bool removed = timer_remove(node);
    timer_wait_fired(node);
    ASSERT_EQ(node.count, removed ? 0 : 1) << "round " << round;
  }
  stop = true;
}

}  // namespace
}  // namespace sluice::detail
