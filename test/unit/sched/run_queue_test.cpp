// The queues that goroutines wait in for a worker: order, capacity, and that thieves and owner
// share without loss.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "sched/global_queue.hpp"
#include "sched/run_queue.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"

namespace sluice::detail {
namespace {

constexpr std::uint32_t kCapacity = RunQueue::kCapacity;

// The queues never look inside: each entry is only an address.
std::vector<Goroutine> goroutines(std::size_t count) { return std::vector<Goroutine>(count); }

TEST(RunQueue, IsFirstInFirstOut) {
  auto all = goroutines(10);
  RunQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.pop(), nullptr);
  for (Goroutine& each : all) EXPECT_TRUE(queue.push(&each));
  EXPECT_FALSE(queue.empty());
  for (Goroutine& each : all) EXPECT_EQ(queue.pop(), &each);
  EXPECT_EQ(queue.pop(), nullptr);
  EXPECT_TRUE(queue.empty());
}

TEST(RunQueue, IsFullAtItsCapacity) {
  auto all = goroutines(kCapacity + 1);
  RunQueue queue;
  for (int lap = 0; lap < 3; ++lap) {
    for (std::uint32_t i = 0; i < kCapacity; ++i) ASSERT_TRUE(queue.push(&all[i]));
    EXPECT_FALSE(queue.push(&all[kCapacity]));
    for (std::uint32_t i = 0; i < kCapacity; ++i) ASSERT_EQ(queue.pop(), &all[i]);
  }
}

TEST(RunQueue, StealTakesTheOlderHalf) {
  auto all = goroutines(kCapacity);
  for (std::uint32_t count = 0; count <= kCapacity; ++count) {
    RunQueue queue;
    for (std::uint32_t i = 0; i < count; ++i) ASSERT_TRUE(queue.push(&all[i]));
    Goroutine* stolen[kCapacity / 2];
    const std::uint32_t taken = queue.steal(stolen);
    EXPECT_EQ(taken, count - count / 2) << "of " << count;
    for (std::uint32_t i = 0; i < taken; ++i) EXPECT_EQ(stolen[i], &all[i]);
    for (std::uint32_t i = taken; i < count; ++i) EXPECT_EQ(queue.pop(), &all[i]);
    EXPECT_EQ(queue.pop(), nullptr);
  }
}

// One owner that pushes and pops, several thieves: each entry comes out exactly once.
TEST(RunQueue, NothingIsLostOrDoubledAmongThieves) {
  const std::size_t count = static_cast<std::size_t>(test::rounds(200'000));
  auto all = goroutines(count);
  std::vector<std::atomic<int>> taken(count);
  RunQueue queue;
  std::atomic<bool> done{false};
  auto take = [&](const Goroutine* goroutine) {
    ++taken[static_cast<std::size_t>(goroutine - all.data())];
  };
  {
    std::vector<std::jthread> thieves;
    for (int i = 0; i < 3; ++i) {
      thieves.emplace_back([&] {
        Goroutine* batch[kCapacity / 2];
        for (;;) {
          const bool last = done;
          const std::uint32_t got = queue.steal(batch);
          for (std::uint32_t k = 0; k < got; ++k) take(batch[k]);
          if (got == 0 && last) return;
        }
      });
    }
    test::Random random(test::seed());
    for (Goroutine& each : all) {
      while (!queue.push(&each)) {
        if (const Goroutine* own = queue.pop()) take(own);
      }
      if (random.one_in(3)) {
        if (const Goroutine* own = queue.pop()) take(own);
      }
    }
    done = true;
  }
  while (const Goroutine* own = queue.pop()) take(own);
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(taken[i], 1) << "entry " << i;
}

TEST(GlobalQueue, IsFirstInFirstOut) {
  auto all = goroutines(10);
  GlobalQueue queue;
  EXPECT_TRUE(queue.empty());
  for (int i = 0; i < 4; ++i) queue.push(&all[static_cast<std::size_t>(i)]);
  Goroutine* batch[6];
  for (int i = 0; i < 6; ++i) batch[i] = &all[static_cast<std::size_t>(i) + 4];
  queue.push(batch, 6);
  EXPECT_EQ(queue.size(), 10u);
  Goroutine* taken[7];
  EXPECT_EQ(queue.take(taken, 7), 7u);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(taken[i], &all[i]);
  EXPECT_EQ(queue.take(taken, 7), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(taken[i], &all[i + 7]);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.take(taken, 7), 0u);
  queue.push(&all[0]);
  EXPECT_EQ(queue.take(taken, 1), 1u);
}

TEST(GlobalQueue, NothingIsLostAmongThreads) {
  constexpr std::size_t kEach = 5000;
  auto all = goroutines(3 * kEach);
  std::vector<std::atomic<int>> taken(all.size());
  GlobalQueue queue;
  std::atomic<std::size_t> total{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t id = 0; id < 3; ++id) {
      threads.emplace_back([&, id] {
        for (std::size_t i = 0; i < kEach; ++i) queue.push(&all[id * kEach + i]);
      });
      threads.emplace_back([&] {
        Goroutine* batch[5];
        while (total < all.size()) {
          const std::size_t got = queue.take(batch, 5);
          for (std::size_t k = 0; k < got; ++k)
            ++taken[static_cast<std::size_t>(batch[k] - all.data())];
          total += got;
        }
      });
    }
  }
  for (const auto& count : taken) ASSERT_EQ(count, 1);
}

}  // namespace
}  // namespace sluice::detail
