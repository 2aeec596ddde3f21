// Pool as Go's own tests see it: what comes back out, in which order, and that no two get the same.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"

namespace sluice {
namespace {

SLUICE_TEST_ON(ConformancePool, GetOnEmptyMakes, 1, 2, 8) {
  int made = 0;
  Pool<int> pool([&] { return ++made; });
  EXPECT_EQ(pool.get(), 1);
  EXPECT_EQ(pool.get(), 2);
  pool.put(77);
  EXPECT_EQ(pool.get(), 77) << "made one although one was there";
  EXPECT_EQ(pool.get(), 3);
  EXPECT_EQ(made, 3);
}

// Go promises it for the one slot of a processor, this pool for all it holds.
SLUICE_TEST_ON(ConformancePool, LastInIsFirstOut, 1, 2, 8) {
  Pool<int> pool([] { return -1; });
  for (int i = 0; i < 100; ++i) pool.put(i);
  for (int i = 99; i >= 50; --i) ASSERT_EQ(pool.get(), i);
  pool.put(1000);
  EXPECT_EQ(pool.get(), 1000);
  for (int i = 49; i >= 0; --i) ASSERT_EQ(pool.get(), i);
  EXPECT_EQ(pool.get(), -1);
}

SLUICE_TEST_ON(ConformancePool, MakeThatThrowsLeavesThePoolUsable, 1, 2, 8) {
  bool fail = true;
  Pool<int> pool([&] {
    if (fail) throw Panic("no more");
    return 5;
  });
  EXPECT_PANIC(pool.get(), "no more");
  pool.put(1);
  EXPECT_EQ(pool.get(), 1);
  EXPECT_PANIC(pool.get(), "no more");
  fail = false;
  EXPECT_EQ(pool.get(), 5);
}

struct Counted {
  explicit Counted(std::atomic<int>& count) : alive(&count) { ++*alive; }
  ~Counted() { --*alive; }
  std::atomic<int>* alive;
};

// There is no collector to thin it out: what it holds lives as long as it does.
SLUICE_TEST_ON(ConformancePool, KeepsWhatItHoldsUntilItIsDestroyed, 1, 2, 8) {
  std::atomic<int> alive{0};
  {
    Pool<std::unique_ptr<Counted>> pool([&] { return std::make_unique<Counted>(alive); });
    std::vector<std::unique_ptr<Counted>> out;
    for (int i = 0; i < 100; ++i) out.push_back(pool.get());
    for (std::unique_ptr<Counted>& each : out) pool.put(std::move(each));
    EXPECT_EQ(alive, 100);
    for (int i = 0; i < 100; ++i) {
      const std::unique_ptr<Counted> kept = pool.get();
      EXPECT_NE(kept, nullptr);
      EXPECT_EQ(alive, 100 - i) << "one was made, or one had gone";
    }
    EXPECT_EQ(alive, 0) << "what is not put back is its taker's to destroy";
    pool.put(std::make_unique<Counted>(alive));
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

struct Item {
  int owner = -1;  // no atomic: an item is one goroutine's while it is out
  long uses = 0;
};

SLUICE_TEST_ON(ConformancePool, TenGoroutinesNeverShareAnItem, 1, 2, 8) {
  constexpr int kGoroutines = 10;
  const int steps = test::rounds(5'000);
  std::atomic<int> made{0};
  Pool<std::unique_ptr<Item>> pool([&] {
    ++made;
    return std::make_unique<Item>();
  });
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([&, id] {
      for (int i = 0; i < steps; ++i) {
        std::unique_ptr<Item> item = pool.get();
        ASSERT_NE(item, nullptr);
        ASSERT_EQ(item->owner, -1) << "somebody else has it";
        item->owner = id;
        ++item->uses;
        if (i % 16 == 0) yield();
        ASSERT_EQ(item->owner, id) << "somebody else took it";
        item->owner = -1;
        pool.put(std::move(item));
      }
    });
  }
  wg.wait();
  EXPECT_LE(made, kGoroutines) << "made more than were ever out at once";
  long uses = 0;
  for (int left = made; left > 0; --left) uses += pool.get()->uses;
  EXPECT_EQ(uses, long{kGoroutines} * steps);
}

// One puts and takes, the others only take. Every item ends up with exactly one of them.
SLUICE_TEST_ON(ConformancePool, EachItemIsTakenExactlyOnce, 1, 2, 8) {
  constexpr int kThieves = 9;
  const int items = test::rounds(20'000);
  std::vector<std::atomic<int>> taken(static_cast<std::size_t>(items));
  std::atomic<int> left{items};
  Pool<int> pool([] { return -1; });
  const auto take = [&] {
    const int item = pool.get();
    if (item < 0) return;
    ++taken[static_cast<std::size_t>(item)];
    --left;
  };
  WaitGroup wg;
  wg.go([&, random = test::Random(test::seed())]() mutable {
    for (int i = 0; i < items; ++i) {
      pool.put(i);
      if (random.one_in(10)) take();
      if (random.one_in(50)) yield();
    }
    while (left > 0) {
      take();
      yield();
    }
  });
  for (int id = 0; id < kThieves; ++id) {
    wg.go([&] {
      while (left > 0) {
        take();
        yield();
      }
    });
  }
  wg.wait();
  EXPECT_EQ(left, 0);
  for (int i = 0; i < items; ++i) ASSERT_EQ(taken[static_cast<std::size_t>(i)], 1) << "item " << i;
  EXPECT_EQ(pool.get(), -1);
}

}  // namespace
}  // namespace sluice
