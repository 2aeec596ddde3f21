// Mutex as Go's own tests see it: exclusion, trying, misuse that nothing stops, fairness against a
// hog, and the counting semaphore that stands in for Go's internal one.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

// Every third step only tries. The count is no atomic: the lock alone keeps increments apart.
SLUICE_TEST_ON(ConformanceMutex, TenGoroutinesThousandStepsEveryThirdOnlyTries, 1, 2, 8) {
  constexpr int kGoroutines = 10;
  const int steps = test::rounds(1000);
  Mutex mu;
  long count = 0;
  bool inside = false;
  std::atomic<long> refused{0};
  const auto done = make_chan(kGoroutines);
  for (int id = 0; id < kGoroutines; ++id) {
    go([&] {
      for (int i = 0; i < steps; ++i) {
        if (i % 3 == 0) {
          if (!mu.try_lock()) {
            ++refused;
            continue;
          }
        } else {
          mu.lock();
        }
        EXPECT_FALSE(inside);
        inside = true;
        ++count;
        if (i % 50 == 0) yield();
        inside = false;
        mu.unlock();
      }
      done.send();
    });
  }
  for (int id = 0; id < kGoroutines; ++id) done.recv();
  EXPECT_EQ(count + refused, long{kGoroutines} * steps);
  EXPECT_GE(count, long{kGoroutines} * (steps - (steps + 2) / 3)) << "lock was refused";
}

SLUICE_TEST_ON(ConformanceMutex, TryLockFailsWhenLockedAndWorksWhenUnlocked, 1, 2, 8) {
  Mutex mu;
  mu.lock();
  EXPECT_FALSE(mu.try_lock()) << "its own holder must be refused as well";
  WaitGroup wg;
  wg.go([&] { EXPECT_FALSE(mu.try_lock()); });
  wg.wait();
  mu.unlock();
  ASSERT_TRUE(mu.try_lock());
  wg.go([&] { EXPECT_FALSE(mu.try_lock()) << "what try_lock took is taken"; });
  wg.wait();
  mu.unlock();
  mu.lock();
  mu.unlock();
}

// A failed try leaves nothing behind: waiters get the lock, and it ends up free.
SLUICE_TEST_ON(ConformanceMutex, FailedTriesDisturbNoWaiter, 1, 2, 8) {
  Mutex mu;
  mu.lock();
  WaitGroup wg;
  int served = 0;
  for (int i = 0; i < 5; ++i) {
    wg.go([&] {
      Lock lock(mu);
      ++served;
    });
  }
  ASSERT_TRUE(test::eventually_parked("sync.Mutex.Lock", 5));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(mu.try_lock());
  EXPECT_EQ(served, 0);
  mu.unlock();
  wg.wait();
  EXPECT_EQ(served, 5);
  ASSERT_TRUE(mu.try_lock());
  mu.unlock();
}

// What catches everything must not get hold of these.
template <class F>
int defended(F f) {
  return run([&] {
    try {
      f();
    } catch (...) {
      std::puts("caught");
    }
    std::puts("went on");
  });
}

SLUICE_CHILD(conformance_unlock_of_fresh_mutex) {
  return defended([] {
    Mutex mu;
    mu.unlock();
  });
}
SLUICE_CHILD(conformance_second_unlock_of_mutex) {
  return defended([] {
    Mutex mu;
    mu.lock();
    mu.unlock();
    mu.unlock();  // NOLINT(sluice-unlock-not-held)
  });
}
SLUICE_CHILD(conformance_unlock_after_try_lock) {
  return defended([] {
    Mutex mu;
    if (mu.try_lock()) mu.unlock();
    mu.unlock();
  });
}
SLUICE_CHILD(conformance_unlock_in_another_goroutine) {
  return defended([] {
    Mutex mu;
    go([&] { mu.unlock(); });
    make_chan().recv();
  });
}

TEST(ConformanceMutex, UnlockOfUnlockedIsFatalAndCannotBeCaught) {
  for (const auto* child :
       {&conformance_unlock_of_fresh_mutex, &conformance_second_unlock_of_mutex,
        &conformance_unlock_after_try_lock, &conformance_unlock_in_another_goroutine}) {
    const test::Dump dump =
        test::expect_fatal(*child, "fatal error: sync: unlock of unlocked mutex\n");
    EXPECT_NE(dump.message.find("unlocked"), std::string::npos);
    ASSERT_FALSE(dump.goroutines.empty()) << child->name;
    EXPECT_EQ(dump.goroutines[0].state, "running") << "the one at fault comes first";
  }
}

// One goroutine keeps the lock all the time but for the moments between unlock and lock; the other
// is polite. `hold` is what the hog does with the lock.
template <class Hold>
void polite_peer_gets_through(Hold hold) {
  Mutex mu;
  std::atomic<bool> stop{false};
  WaitGroup wg;
  wg.go([&] {
    while (!stop) {
      mu.lock();
      hold();
      mu.unlock();
    }
  });
  const auto through = make_chan();
  const TimePoint start = Clock::now();
  wg.go([&] {
    for (int i = 0; i < 10; ++i) {
      sleep_for(100us);
      mu.lock();  // NOLINT(sluice-empty-critical-section)
      mu.unlock();
    }
    through.close();
  });
  EXPECT_EQ(select(on_recv(through), on_recv(after(10s))), 0) << "starved";
  EXPECT_LT(Clock::now() - start, 10s);
  stop = true;
  wg.wait();
}

SLUICE_TEST_ON(ConformanceMutex, HogThatSleepsDoesNotStarveAPolitePeer, 1, 2, 8) {
  polite_peer_gets_through([] { sleep_for(100us); });
}

// The hog computes. With one worker that would be about preemption, not about the lock.
SLUICE_TEST_ON(ConformanceMutex, HogThatComputesDoesNotStarveAPolitePeer, 2, 8) {
  polite_peer_gets_through([] {
    for (const TimePoint end = Clock::now() + 100us; Clock::now() < end;) {
    }
  });
}

// Both are hogs: neither may fall behind for ever.
SLUICE_TEST_ON(ConformanceMutex, TwoHogsBothGetOn, 1, 2, 8) {
  const int wanted = test::rounds(200);
  Mutex mu;
  WaitGroup wg;
  std::atomic<int> still_hungry{2};
  for (int id = 0; id < 2; ++id) {
    wg.go([&] {
      for (int got = 0; still_hungry > 0; ++got) {
        if (got == wanted) --still_hungry;
        Lock lock(mu);
        yield();
      }
    });
  }
  wg.wait();
}

SLUICE_TEST_ON(ConformanceMutex, SemaphoreTenGoroutinesThousandTimes, 1, 2, 8) {
  constexpr int kGoroutines = 10;
  const int steps = test::rounds(1000);
  for (const int permits : {1, 3}) {
    Semaphore semaphore(permits);
    std::atomic<int> inside{0};
    std::atomic<long> count{0};
    WaitGroup wg;
    for (int id = 0; id < kGoroutines; ++id) {
      wg.go([&] {
        for (int i = 0; i < steps; ++i) {
          semaphore.acquire();
          EXPECT_LE(++inside, permits);
          ++count;
          if (i % 50 == 0) yield();
          --inside;
          semaphore.release();
        }
      });
    }
    wg.wait();
    EXPECT_EQ(count, long{kGoroutines} * steps);
    EXPECT_TRUE(semaphore.try_acquire(permits)) << "a permit was lost";
    EXPECT_FALSE(semaphore.try_acquire()) << "a permit was made up";
  }
}

}  // namespace
}  // namespace sluice
