// The shuffled schedule: one seed is one schedule on one worker, seeds differ, and nobody starves.
#include <atomic>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "sched/shuffle.hpp"
#include "sched/shuffled_queue.hpp"
#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/sanitizers.hpp"

namespace sluice::detail {
namespace {

constexpr std::uint64_t kSeeds = 64;  // enough for each way of shuffling to come up

std::vector<Goroutine> with_priorities(const std::vector<std::uint32_t>& priorities) {
  std::vector<Goroutine> all(priorities.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i].chance.priority = priorities[i];
  return all;
}

TEST(ShuffledQueue, TheHighestPriorityComesFirst) {
  auto all = with_priorities({5, 1, 9, 3, 7});
  ShuffledQueue queue(1);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.pop(), nullptr);
  for (Goroutine& each : all) queue.push(&each);
  for (const std::uint32_t priority : {9u, 7u, 5u, 3u, 1u}) {
    EXPECT_EQ(queue.best(), priority);
    EXPECT_EQ(queue.pop()->chance.priority, priority);
  }
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.best(), 0u);
}

TEST(ShuffledQueue, ThievesTakeHalf) {
  for (std::uint32_t count = 0; count <= 20; ++count) {
    auto all = with_priorities(std::vector<std::uint32_t>(count, 4));
    ShuffledQueue queue(1);
    for (Goroutine& each : all) queue.push(&each);
    std::array<Goroutine*, 8> stolen{};
    const std::uint32_t taken = queue.steal(stolen.data(), stolen.size());
    EXPECT_EQ(taken, std::min(count - count / 2, 8u)) << "of " << count;
    std::set<Goroutine*> seen(stolen.begin(), stolen.begin() + taken);
    while (Goroutine* each = queue.pop()) seen.insert(each);
    EXPECT_EQ(seen.size(), count);
  }
}

// The quick way through two points decides as the two do, and leaves the rest alone when it can't.
TEST(Shuffle, TwoPointsAtOnceAreTheTwo) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Shuffle shuffle(seed);
    Chance one_by_one{}, at_once{};
    shuffle.begin_main(one_by_one);
    shuffle.begin_main(at_once);
    int quick = 0;
    for (int i = 0; i < 2000; ++i) {
      const std::uint32_t best = shuffle.below(one_by_one, 1u << 31);
      ASSERT_EQ(shuffle.below(at_once, 1u << 31), best);
      const bool first = shuffle.gives_way(one_by_one, best);
      const bool second = shuffle.gives_way(one_by_one, best);
      if (shuffle.stays_twice(at_once, best)) {
        ++quick;
        ASSERT_FALSE(first || second) << "seed " << seed;
      } else {
        ASSERT_EQ(shuffle.gives_way(at_once, best), first);
        ASSERT_EQ(shuffle.gives_way(at_once, best), second);
      }
      ASSERT_EQ(at_once.state, one_by_one.state);
      ASSERT_EQ(at_once.until_change, one_by_one.until_change);
      ASSERT_EQ(at_once.priority, one_by_one.priority);
    }
    EXPECT_GT(quick, 0) << "seed " << seed;
  }
}

// Whoever is readied again and again with a higher priority does not keep out one with the lowest.
TEST(ShuffledQueue, TheLowestPriorityComesToo) {
  auto all = with_priorities({0, 8, 9});
  ShuffledQueue queue(1);
  for (Goroutine& each : all) queue.push(&each);
  for (int pops = 0;; ++pops) {
    ASSERT_LT(pops, 10'000);
    Goroutine* next = queue.pop();
    if (next == &all[0]) break;
    queue.push(next);
  }
}

// What a goroutine draws depends on the seed and on how it came to be, on nothing else.
TEST(Shuffle, DrawsAreTheSeedsAlone) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    std::array<std::string, 2> drawn;
    for (std::string& each : drawn) {
      const Shuffle shuffle(seed);
      Chance parent{};
      Chance child{};
      shuffle.begin_main(parent);
      shuffle.begin(child, parent);
      for (int i = 0; i < 100; ++i) {
        shuffle.queued(child);
        each += std::to_string(child.priority) + (shuffle.gives_way(child, 1u << 31) ? "!" : ".");
        each += std::to_string(shuffle.below(parent, 10));
      }
    }
    EXPECT_EQ(drawn[0], drawn[1]) << "seed " << seed;
  }
}

// With every seed somebody gives way now and then at first, and seldom after millions of
// operations.
TEST(Shuffle, GivesWayOftenAtFirstAndSeldomLater) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Shuffle shuffle(seed);
    Chance chance{};
    shuffle.begin_main(chance);
    const auto times = [&](int operations) {
      int changes = 0;
      for (int i = 0; i < operations; ++i) {
        // One higher than the runner's waits, but once in a while.
        shuffle.queued(chance);
        const std::uint16_t before = chance.until_change;
        (void)shuffle.gives_way(chance, UINT32_MAX);
        if (before == 1) ++changes;
      }
      return changes;
    };
    EXPECT_GE(times(200), 10) << "seed " << seed;
    times(200'000);
    EXPECT_LE(times(10'000), 10'000 / 16) << "seed " << seed;
  }
}

// Who has run for long once keeps its place; who does so again and again comes last.
TEST(Shuffle, HogsComeLast) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Shuffle shuffle(seed);
    Chance chance{};
    shuffle.begin_main(chance);
    shuffle.ran_long(chance);
    shuffle.queued(chance);
    EXPECT_GT(chance.priority, 0u) << "seed " << seed;
    for (int i = 0; i < 20; ++i) {
      shuffle.ran_long(chance);
      shuffle.queued(chance);
    }
    EXPECT_EQ(chance.priority, 0u) << "seed " << seed;
  }
}

// Who polls and yields comes after nearly all others.
TEST(Shuffle, YieldingComesLast) {
  std::uint64_t behind = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Shuffle shuffle(seed);
    Chance poller{};
    Chance other{};
    shuffle.begin_main(other);
    shuffle.begin(poller, other);
    for (int i = 0; i < 100; ++i) {
      shuffle.queued(other);
      shuffle.yielded(poller);
      if (poller.priority < other.priority) ++behind;
    }
  }
  // The other may have drawn as low a priority, for once or for life.
  EXPECT_GE(behind, kSeeds * 95);
}

// Fifty goroutines with locks, channels and selects print what each does in the order in which they
// do it.
SLUICE_CHILD(prints_its_order) {
  std::string order;
  sluice::run([&] {
    Mutex counted;
    Mutex logged;
    RWMutex shared;
    WaitGroup all;
    std::atomic<int> count = 0;
    const auto one = make_chan<int>();
    const auto two = make_chan<int>(3);
    const auto log = [&](int id, const char* what, int value) {
      const Lock lock(logged);
      order += std::to_string(id) + what + std::to_string(value) + "\n";
    };
    const auto body = [&, one, two](int id) {
      for (int i = 0; i < 4; ++i) {
        {
          const Lock lock(counted);
          log(id, " counts ", ++count);
        }
        {
          const std::shared_lock lock(shared);
          log(id, " reads ", count);
        }
        std::optional<int> value;
        if (id % 2 == 0) {
          log(id, " sent on ", select(on_send(one, id), on_send(two, id)));
        } else {
          log(id, " received from ", select(on_recv(one, value), on_recv(two, value)));
          log(id, " received ", *value);
        }
      }
    };
    for (int id = 0; id < 50; ++id) all.go([&, id] { body(id); });
    all.wait();
  });
  std::fputs(order.c_str(), stdout);
  return 0;
}

std::string order_of(std::uint64_t seed, const char* level) {
  const test::ChildResult done = test::run_child(
      prints_its_order, {{"SLUICE_DEBUG", std::string(level) + ",seed=" + std::to_string(seed)},
                         {"SLUICE_WORKERS", "1"}});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(std::count(done.out.begin(), done.out.end(), '\n'), 50 * 4 * 3 + 25 * 4);
  return done.out;
}

TEST(Shuffle, OneSeedIsOneSchedule) {
  const auto expect_alike = [](std::uint64_t seed, const char* level, int times) {
    const std::string first = order_of(seed, level);
    for (int i = 1; i < times; ++i) ASSERT_EQ(order_of(seed, level), first) << "seed " << seed;
  };
  expect_alike(7, "check", test::rounds(20));
  expect_alike(8, "check", 3);
  expect_alike(1234567, "full", 3);
}

TEST(Shuffle, SeedsDiffer) {
  std::set<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) orders.insert(order_of(seed, "check"));
  EXPECT_GE(orders.size(), 15u);
}

// A schedule drawn at random is told so that it can be had again.
SLUICE_CHILD(deadlocks_in_checked_mode) {
  return sluice::run(Options{.workers = 1}, [] { make_chan<int>().recv(); });
}

TEST(Shuffle, TheSeedIsToldWithTheReport) {
  const test::ChildResult given =
      test::run_child(deadlocks_in_checked_mode, {{"SLUICE_DEBUG", "check,seed=42"}});
  EXPECT_EQ(given.status, 2);
  EXPECT_NE(given.err.find("repro: SLUICE_DEBUG=check,seed=42 SLUICE_WORKERS=1 "),
            std::string::npos)
      << given.err;
  EXPECT_NE(given.err.find("1 report (SL301), seed 42\n"), std::string::npos) << given.err;

  std::set<std::string> drawn;
  for (int i = 0; i < 3; ++i) {
    const test::ChildResult done =
        test::run_child(deadlocks_in_checked_mode, {{"SLUICE_DEBUG", "check"}});
    const std::size_t at = done.err.find("(SL301), seed ");
    ASSERT_NE(at, std::string::npos) << done.err;
    drawn.insert(done.err.substr(at));
  }
  EXPECT_GT(drawn.size(), 1u);

  const test::ChildResult plain =
      test::run_child(deadlocks_in_checked_mode, {{"SLUICE_DEBUG", "wait,seed=42"}});
  EXPECT_EQ(plain.err.find("seed"), std::string::npos) << plain.err;
}

// Either of two goroutines comes first under some seed, and each case of a select is taken.
SLUICE_CHILD(tells_who_was_first) {
  return sluice::run([] {
    std::string order;
    WaitGroup both;
    Mutex mu;
    for (const char* name : {"a", "b"}) {
      both.go([&, name] {
        const Lock lock(mu);
        order += name;
      });
    }
    both.wait();
    const auto ready = make_chan<int>();
    ready.close();
    order += std::to_string(select(on_recv(ready), on_recv(ready)));
    std::puts(order.c_str());
  });
}

TEST(Shuffle, EveryChoiceIsMadeUnderSomeSeed) {
  std::set<std::string> seen;
  for (int seed = 1; seed <= 40; ++seed) {
    seen.insert(test::run_child(tells_who_was_first,
                                {{"SLUICE_DEBUG", "check,seed=" + std::to_string(seed)},
                                 {"SLUICE_WORKERS", "1"}})
                    .out);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"ab0\n", "ab1\n", "ba0\n", "ba1\n"}));
}

}  // namespace
}  // namespace sluice::detail
