// RWMutex as Go's own tests see it: readers together, writers alone, the table of what may be
// tried, waiting writers before new readers, and misuse that nothing stops.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"
#include "support/misuse.hpp"
#include "support/sanitizers.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

// Nobody may leave before all are inside.
SLUICE_TEST_ON(ConformanceRWMutex, ReadersHoldItTogether, 1, 2, 4, 8) {
  for (const int readers : {1, 3, 4}) {
    RWMutex mu;
    const auto inside = make_chan();
    const auto leave = make_chan();
    const auto left = make_chan();
    for (int i = 0; i < readers; ++i) {
      go([=, &mu] {
        mu.lock_shared();
        inside.send();
        leave.recv();
        mu.unlock_shared();
        left.send();
      });
    }
    for (int i = 0; i < readers; ++i) inside.recv();
    EXPECT_FALSE(mu.try_lock());
    for (int i = 0; i < readers; ++i) leave.send();
    for (int i = 0; i < readers; ++i) left.recv();
    ASSERT_TRUE(mu.try_lock());
    mu.unlock();
  }
}

// A reader counts 1, a writer 10,000: the number tells who is inside.
SLUICE_TEST_ON(ConformanceRWMutex, HammerNeverAReaderWithAWriterNorTwoWriters, 1, 4, 10) {
  const int rounds = test::rounds(500);
  for (const int readers : {1, 3, 10}) {
    RWMutex mu;
    std::atomic<int> inside{0};
    std::atomic<int> wrong{0};
    auto read = [&] {
      for (int i = 0; i < rounds; ++i) {
        mu.lock_shared();
        const int now = inside.fetch_add(1) + 1;
        if (now < 1 || now >= 10'000) ++wrong;
        if (i % 16 == 0) yield();
        inside.fetch_sub(1);
        mu.unlock_shared();
      }
    };
    auto write = [&] {
      for (int i = 0; i < rounds; ++i) {
        mu.lock();
        if (inside.fetch_add(10'000) != 0) ++wrong;
        if (i % 16 == 0) yield();
        inside.fetch_sub(10'000);
        mu.unlock();
      }
    };
    WaitGroup wg;
    wg.go(write);
    for (int i = 0; i < readers / 2; ++i) wg.go(read);
    wg.go(write);
    for (int i = readers / 2; i < readers; ++i) wg.go(read);
    wg.wait();
    EXPECT_EQ(wrong, 0) << readers << " readers";
    EXPECT_EQ(inside, 0);
  }
}

SLUICE_TEST_ON(ConformanceRWMutex, TryTable, 1, 2, 8) {
  RWMutex mu;
  mu.lock();
  EXPECT_FALSE(mu.try_lock()) << "under a writer";
  EXPECT_FALSE(mu.try_lock_shared()) << "under a writer";
  mu.unlock();

  ASSERT_TRUE(mu.try_lock()) << "free";
  EXPECT_FALSE(mu.try_lock());
  EXPECT_FALSE(mu.try_lock_shared());
  mu.unlock();

  mu.lock_shared();
  ASSERT_TRUE(mu.try_lock_shared()) << "under a reader";
  EXPECT_FALSE(mu.try_lock()) << "under two readers";
  mu.unlock_shared();
  EXPECT_FALSE(mu.try_lock()) << "under one reader";
  mu.unlock_shared();

  ASSERT_TRUE(mu.try_lock_shared()) << "free";
  EXPECT_FALSE(mu.try_lock());
  mu.unlock_shared();
  ASSERT_TRUE(mu.try_lock()) << "free again";
  mu.unlock();
}

SLUICE_TEST_ON(ConformanceRWMutex, ReadLockerIsTheReadingSide, 1, 2, 8) {
  test::expect_reports({"SL103"});  // it holds both at once
  RWMutex mu;
  ReadLocker reading(mu);
  const auto writer_done = make_chan();
  reading.lock();
  reading.lock();  // NOLINT(sluice-recursive-read-lock): both held at once: reading, not excluding
  std::atomic<bool> wrote{false};
  go([&, writer_done] {
    mu.lock();
    wrote = true;
    mu.unlock();
    writer_done.close();
  });
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.Lock"));
  reading.unlock();
  for (int i = 0; i < 20; ++i) yield();
  EXPECT_FALSE(wrote) << "the writer must wait for both";
  reading.unlock();
  writer_done.recv();
  EXPECT_TRUE(wrote);
}

SLUICE_TEST_ON(ConformanceRWMutex, ReadLockerWaitsForTheWriter, 1, 2, 8) {
  RWMutex mu;
  ReadLocker reading(mu);
  mu.lock();
  WaitGroup wg;
  std::atomic<int> inside{0};
  for (int i = 0; i < 3; ++i) {
    wg.go([&] {
      reading.lock();
      ++inside;
      reading.unlock();
    });
  }
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.RLock", 3));
  EXPECT_EQ(inside, 0);
  mu.unlock();
  wg.wait();
  EXPECT_EQ(inside, 3);
}

// The reason why reading twice in one goroutine can deadlock.
SLUICE_TEST_ON(ConformanceRWMutex, WaitingWriterHoldsOffNewReaders, 1, 2, 8) {
  RWMutex mu;
  std::string order;
  mu.lock_shared();
  WaitGroup wg;
  wg.go([&] {
    mu.lock();
    order += "writer ";
    mu.unlock();
  });
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.Lock"));
  EXPECT_FALSE(mu.try_lock_shared());
  wg.go([&] {
    mu.lock_shared();
    order += "reader";
    mu.unlock_shared();
  });
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.RLock"));
  EXPECT_EQ(order, "");
  mu.unlock_shared();
  wg.wait();
  EXPECT_EQ(order, "writer reader");
}

// Neither side starves: readers that waited for a writer go before the next writer.
SLUICE_TEST_ON(ConformanceRWMutex, ReadersThatWaitedGoBeforeTheNextWriter, 1, 2, 8) {
  RWMutex mu;
  const auto inside = make_chan();
  const auto leave = make_chan();
  mu.lock();
  WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.go([&] {
      SharedLock lock(mu);
      inside.send();
      leave.recv();
    });
  }
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.RLock", 3));
  std::atomic<bool> second{false};
  wg.go([&] {
    Lock lock(mu);
    second = true;
  });
  ASSERT_TRUE(test::eventually(
      [] { return test::parked("sync.RWMutex.Lock") + test::parked("sync.Mutex.Lock") == 1; }));
  mu.unlock();
  for (int i = 0; i < 3; ++i) inside.recv();
  EXPECT_FALSE(second);
  leave.close();
  wg.wait();
  EXPECT_TRUE(second);
}

template <class F>
int misuse(F f) {
  return run([&] {
    RWMutex mu;
    try {
      f(mu);
    } catch (...) {
      std::puts("caught");
    }
    std::puts("went on");
  });
}

SLUICE_CHILD(conformance_rw_unlock_fresh) {
  return misuse([](RWMutex& mu) { mu.unlock(); });
}
SLUICE_CHILD(conformance_rw_unlock_with_a_reader) {
  return misuse([](RWMutex& mu) {
    mu.lock_shared();  // NOLINT(sluice-empty-critical-section)
    mu.unlock();       // NOLINT(sluice-unlock-not-held)
  });
}
SLUICE_CHILD(conformance_rw_unlock_twice) {
  return misuse([](RWMutex& mu) {
    mu.lock();
    mu.unlock();
    mu.unlock();  // NOLINT(sluice-unlock-not-held)
  });
}

TEST(ConformanceRWMutex, UnlockWhenNotWriteLockedIsFatal) {
  for (const auto* child : {&conformance_rw_unlock_fresh, &conformance_rw_unlock_with_a_reader,
                            &conformance_rw_unlock_twice}) {
    test::expect_fatal(*child, "fatal error: sync: Unlock of unlocked RWMutex\n");
  }
}

SLUICE_CHILD(conformance_rw_runlock_fresh) {
  return misuse([](RWMutex& mu) { mu.unlock_shared(); });
}
SLUICE_CHILD(conformance_rw_runlock_under_a_writer) {
  return misuse([](RWMutex& mu) {
    mu.lock();           // NOLINT(sluice-empty-critical-section)
    mu.unlock_shared();  // NOLINT(sluice-unlock-not-held)
  });
}
SLUICE_CHILD(conformance_rw_runlock_twice) {
  return misuse([](RWMutex& mu) {
    mu.lock_shared();
    mu.unlock_shared();
    mu.unlock_shared();  // NOLINT(sluice-unlock-not-held)
  });
}

TEST(ConformanceRWMutex, RUnlockWhenNotReadLockedIsFatal) {
  for (const auto* child : {&conformance_rw_runlock_fresh, &conformance_rw_runlock_under_a_writer,
                            &conformance_rw_runlock_twice}) {
    test::expect_fatal(*child, "fatal error: sync: RUnlock of unlocked RWMutex\n");
  }
}

}  // namespace
}  // namespace sluice
