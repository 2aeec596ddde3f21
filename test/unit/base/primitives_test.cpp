// The small things that all else stands on: spin lock, futex, lists, clock, random numbers.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <set>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/futex.hpp"
#include "base/intrusive_list.hpp"
#include "base/rng.hpp"
#include "base/spin_lock.hpp"
#include "support/sanitizers.hpp"

namespace sluice::base {
namespace {

TEST(SpinLock, KeepsThreadsApart) {
  SpinLock lock;
  long count = 0;
  const int rounds = test::rounds(20'000);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < rounds; ++k) {
          lock.lock();
          ++count;
          lock.unlock();
        }
      });
    }
  }
  EXPECT_EQ(count, 4L * rounds);
}

TEST(SpinLock, TryLock) {
  SpinLock lock;
  ASSERT_TRUE(lock.try_lock());
  EXPECT_FALSE(lock.try_lock());
  lock.unlock();
  EXPECT_TRUE(lock.try_lock());
}

// park() frees a lock that another context of the same thread has taken, and threads may hand one
// over, too.
TEST(SpinLock, MayBeFreedByAnotherThread) {
  SpinLock lock;
  int value = 0;
  lock.lock();
  std::jthread other([&] {
    value = 1;
    lock.unlock();
  });
  lock.lock();
  EXPECT_EQ(value, 1);
}

TEST(Futex, ReturnsAtOnceWhenTheWordDiffers) {
  const std::atomic<std::uint32_t> word{1};
  futex_wait(word, 0, kNever);
}

TEST(Futex, TimesOut) {
  const std::atomic<std::uint32_t> word{0};
  const std::int64_t deadline = now() + 5'000'000;
  while (now() < deadline) futex_wait(word, 0, deadline);
  EXPECT_GE(now(), deadline);
  futex_wait(word, 0, now() - 1);
}

TEST(Futex, IsWoken) {
  std::atomic<std::uint32_t> word{0};
  std::jthread other([&] {
    word.store(1, std::memory_order_release);
    futex_wake(word, 1);
  });
  while (word.load(std::memory_order_acquire) == 0) futex_wait(word, 0, kNever);
}

TEST(Futex, LeavesErrnoAlone) {
  const std::atomic<std::uint32_t> word{1};
  errno = EDOM;
  futex_wait(word, 0, kNever);
  futex_wake(word, 1);
  EXPECT_EQ(errno, EDOM);
}

TEST(Clock, IsThatOfTheStandardLibrary) {
  const std::int64_t before = std::chrono::steady_clock::now().time_since_epoch().count();
  const std::int64_t between = now();
  const std::int64_t after = std::chrono::steady_clock::now().time_since_epoch().count();
  EXPECT_LE(before, between);
  EXPECT_LE(between, after);
}

struct Element {
  int value;
  Element* next = nullptr;
  Element* prev = nullptr;
};
struct List {
  Element* head = nullptr;
  Element* tail = nullptr;
};

// Forwards, and checks that backwards it is the same.
std::vector<int> values(const List& list) {
  std::vector<int> forward;
  std::vector<int> backward;
  for (const Element* each = list.head; each != nullptr; each = each->next)
    forward.push_back(each->value);
  for (const Element* each = list.tail; each != nullptr; each = each->prev)
    backward.insert(backward.begin(), each->value);
  EXPECT_EQ(forward, backward);
  return forward;
}

TEST(IntrusiveList, PushAndRemoveAnywhere) {
  std::array<Element, 5> elements{{{0}, {1}, {2}, {3}, {4}}};
  List list;
  EXPECT_EQ(values(list), (std::vector<int>{}));
  for (Element& element : elements) list_push_back(list, element);
  EXPECT_EQ(values(list), (std::vector<int>{0, 1, 2, 3, 4}));
  list_remove(list, elements[2]);
  EXPECT_EQ(values(list), (std::vector<int>{0, 1, 3, 4}));
  list_remove(list, elements[0]);
  list_remove(list, elements[4]);
  EXPECT_EQ(values(list), (std::vector<int>{1, 3}));
  list_push_front(list, elements[4]);
  list_push_back(list, elements[0]);
  EXPECT_EQ(values(list), (std::vector<int>{4, 1, 3, 0}));
  for (int i : {1, 4, 0, 3}) list_remove(list, elements[static_cast<std::size_t>(i)]);
  EXPECT_EQ(values(list), (std::vector<int>{}));
  list_push_front(list, elements[1]);
  EXPECT_EQ(values(list), (std::vector<int>{1}));
}

TEST(Rng, IsEven) {
  Rng rng(42);
  constexpr std::uint32_t kSides = 7;
  constexpr int kThrows = 70'000;
  std::array<int, kSides> counts{};
  for (int i = 0; i < kThrows; ++i) ++counts[rng.below(kSides)];
  const double share = 1.0 / kSides;
  const double sigma = std::sqrt(kThrows * share * (1 - share));
  for (int count : counts) EXPECT_NEAR(count, kThrows * share, 6 * sigma);
}

TEST(Rng, IsTheSameForTheSameSeed) {
  Rng one(7);
  Rng same(7);
  Rng other(8);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = one.next();
    EXPECT_EQ(value, same.next());
    EXPECT_NE(value, other.next());
    EXPECT_TRUE(seen.insert(value).second);
  }
  EXPECT_EQ(Rng(1).below(1), 0u);
}

}  // namespace
}  // namespace sluice::base
