// Mutual exclusion, trying, fairness, and the standard library's locks over it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

constinit Mutex g_usable_before_main;

SLUICE_TEST(Mutex, GlobalIsUsable) {
  Lock lock(g_usable_before_main);
  EXPECT_FALSE(g_usable_before_main.try_lock());
}

SLUICE_TEST(Mutex, TryLock) {
  Mutex mu;
  ASSERT_TRUE(mu.try_lock());
  EXPECT_FALSE(mu.try_lock());
  mu.unlock();
  mu.lock();
  EXPECT_FALSE(mu.try_lock());
  mu.unlock();
}

// The counter is no atomic: only the lock keeps its increments apart.
SLUICE_TEST(Mutex, Hammer) {
  constexpr int kGoroutines = 10;
  const int rounds = test::rounds(5000);
  Mutex mu;
  long count = 0;
  std::atomic<long> tried{0};
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([&] {
      for (int i = 0; i < rounds; ++i) {
        if (i % 3 == 0) {
          if (mu.try_lock()) {
            ++count;
            mu.unlock();
          } else {
            ++tried;
          }
          continue;
        }
        mu.lock();
        ++count;
        mu.unlock();
      }
    });
  }
  wg.wait();
  EXPECT_EQ(count + tried, long{kGoroutines} * rounds);
}

SLUICE_TEST(Mutex, HammerWithYieldsInside) {
  Mutex mu;
  int inside = 0;
  WaitGroup wg;
  for (int id = 0; id < 20; ++id) {
    wg.go([&] {
      for (int i = 0; i < test::rounds(200); ++i) {
        Lock lock(mu);
        EXPECT_EQ(inside, 0);
        ++inside;
        yield();
        --inside;
      }
    });
  }
  wg.wait();
}

SLUICE_TEST(Mutex, ParkedGoroutineGetsTheLock) {
  Mutex mu;
  const auto got = make_chan();
  mu.lock();
  go([&] {
    mu.lock();
    mu.unlock();
    got.send();
  });
  EXPECT_TRUE(test::eventually_parked("sync.Mutex.Lock"));
  EXPECT_EQ(got.try_recv(), std::nullopt);
  mu.unlock();
  got.recv();
}

SLUICE_TEST(Mutex, AnotherGoroutineMayUnlock) {
  Mutex mu;
  for (int i = 0; i < 100; ++i) {
    mu.lock();
    go([&] { mu.unlock(); });
  }
  mu.lock();
  mu.unlock();
}

// A hog that takes the lock again at once must let others through: the starvation mode.
SLUICE_TEST_ON(Mutex, HogDoesNotStarveOthers, 2, 4) {
  Mutex mu;
  std::atomic<bool> stop{false};
  WaitGroup wg;
  wg.go([&] {
    while (!stop) {
      Lock lock(mu);
      for (const TimePoint end = Clock::now() + 100us; Clock::now() < end;) {
      }
    }
  });
  const TimePoint start = Clock::now();
  for (int i = 0; i < 10; ++i) {
    sleep_for(100us);
    Lock lock(mu);
  }
  EXPECT_LT(Clock::now() - start, 10s);
  stop = true;
  wg.wait();
}

// Once a goroutine has starved, the lock is handed over first come, first served.
SLUICE_TEST(Mutex, StarvedWaitersAreServedInOrder) {
  constexpr int kWaiters = 20;
  Mutex mu;
  std::vector<int> order;
  mu.lock();
  WaitGroup wg;
  for (int id = 0; id < kWaiters; ++id) {
    wg.go([&, id] {
      Lock lock(mu);
      order.push_back(id);
    });
    ASSERT_TRUE(test::eventually_parked("sync.Mutex.Lock", static_cast<std::size_t>(id) + 1));
  }
  sleep_for(5ms);  // longer than the 1 ms after which a waiter counts as starved
  mu.unlock();
  wg.wait();
  ASSERT_EQ(order.size(), static_cast<std::size_t>(kWaiters));
  for (int i = 0; i < kWaiters; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

SLUICE_TEST(Mutex, UnlockPublishesWhatWasWritten) {
  Mutex mu;
  std::vector<int> values;
  WaitGroup wg;
  for (int id = 0; id < 8; ++id) {
    wg.go([&, id] {
      for (int i = 0; i < test::rounds(500); ++i) {
        Lock lock(mu);
        values.push_back(id);
      }
    });
  }
  wg.wait();
  EXPECT_EQ(values.size(), 8u * static_cast<std::size_t>(test::rounds(500)));
}

// unlock's last access comes before the next owner can get in, who may then destroy the mutex.
SLUICE_TEST(Mutex, NextOwnerMayDestroyIt) {
  for (int i = 0; i < test::rounds(2000); ++i) {
    auto mu = std::make_unique<Mutex>();
    mu->lock();
    go([raw = mu.get()] { raw->unlock(); });
    mu->lock();
    mu->unlock();
    mu.reset();
  }
}

SLUICE_TEST(Mutex, SharedWithForeignThreads) {
  Mutex mu;
  long count = 0;
  const int rounds = test::rounds(5000);
  auto work = [&] {
    for (int i = 0; i < rounds; ++i) {
      std::lock_guard lock(mu);
      ++count;
    }
  };
  WaitGroup wg;
  {
    std::vector<test::ForeignThread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back(work);
    for (int i = 0; i < 3; ++i) wg.go(work);
    wg.wait();
  }
  EXPECT_EQ(count, 6L * rounds);
}

}  // namespace
}  // namespace sluice
