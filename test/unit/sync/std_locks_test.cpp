// The standard library's lock types over our mutexes.
#include <gtest/gtest.h>

#include <mutex>
#include <shared_mutex>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

SLUICE_TEST(StdLocks, LockGuardAndUniqueLock) {
  Mutex mu;
  {
    std::lock_guard lock(mu);
    EXPECT_FALSE(mu.try_lock());
  }
  std::unique_lock lock(mu, std::try_to_lock);
  EXPECT_TRUE(lock.owns_lock());
  EXPECT_FALSE(std::unique_lock(mu, std::try_to_lock).owns_lock());
  std::unique_lock moved(std::move(lock));
  moved.unlock();
  EXPECT_TRUE(mu.try_lock());
  std::unique_lock adopted(mu, std::adopt_lock);
  adopted.unlock();
  std::unique_lock deferred(mu, std::defer_lock);
  EXPECT_FALSE(deferred.owns_lock());
  deferred.lock();
  EXPECT_TRUE(deferred.owns_lock());
}

SLUICE_TEST(StdLocks, SharedLock) {
  RWMutex mu;
  std::shared_lock first(mu);
  std::shared_lock second(mu, std::try_to_lock);
  EXPECT_TRUE(second.owns_lock());
  EXPECT_FALSE(std::unique_lock(mu, std::try_to_lock).owns_lock());
  first.unlock();
  second.unlock();
  std::unique_lock writing(mu);
  EXPECT_FALSE(std::shared_lock(mu, std::try_to_lock).owns_lock());
}

// Opposite orders of two locks: std::scoped_lock backs off instead of deadlocking.
SLUICE_TEST(StdLocks, ScopedLockOfTwoInEitherOrder) {
  Mutex a;
  Mutex b;
  long count = 0;
  WaitGroup wg;
  for (int id = 0; id < 6; ++id) {
    wg.go([&, id] {
      for (int i = 0; i < test::rounds(500); ++i) {
        if (id % 2 == 0) {
          std::scoped_lock both(a, b);
          ++count;
        } else {
          std::scoped_lock both(b, a);
          ++count;
        }
      }
    });
  }
  wg.wait();
  EXPECT_EQ(count, 6L * test::rounds(500));
}

SLUICE_TEST(StdLocks, ScopedLockOfDifferentKinds) {
  Mutex mu;
  RWMutex rw;
  {
    std::scoped_lock both(mu, rw);
    EXPECT_FALSE(mu.try_lock());
    EXPECT_FALSE(rw.try_lock_shared());
  }
  EXPECT_EQ(std::try_lock(mu, rw), -1);
  EXPECT_EQ(std::try_lock(mu, rw), 0);
  mu.unlock();
  EXPECT_EQ(std::try_lock(mu, rw), 1);
  EXPECT_TRUE(mu.try_lock());
  mu.unlock();
  rw.unlock();
}

SLUICE_TEST(StdLocks, LockFunctionOverDeferred) {
  Mutex a;
  RWMutex b;
  std::unique_lock first(a, std::defer_lock);
  std::shared_lock second(b, std::defer_lock);
  std::lock(first, second);
  EXPECT_TRUE(first.owns_lock());
  EXPECT_TRUE(second.owns_lock());
}

SLUICE_TEST(StdLocks, ScopesUnlockOnAnException) {
  Mutex mu;
  RWMutex rw;
  try {
    Lock lock(mu);
    SharedLock shared(rw);
    throw 1;
  } catch (int) {
  }
  EXPECT_TRUE(mu.try_lock());
  EXPECT_TRUE(rw.try_lock());
  mu.unlock();
  rw.unlock();
}

}  // namespace
}  // namespace sluice
