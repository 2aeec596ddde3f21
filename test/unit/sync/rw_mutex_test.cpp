// Readers together, writers alone, writers not starved.
#include <gtest/gtest.h>

#include <atomic>
#include <shared_mutex>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/misuse.hpp"
#include "support/sanitizers.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

// All readers must be inside at the same time before any leaves.
SLUICE_TEST(RWMutex, ReadersHoldItTogether) {
  for (int readers : {1, 3, 4, 20}) {
    RWMutex mu;
    const auto inside = make_chan();
    const auto leave = make_chan();
    WaitGroup wg;
    for (int i = 0; i < readers; ++i) {
      wg.go([&] {
        mu.lock_shared();
        inside.send();
        leave.recv();
        mu.unlock_shared();
      });
    }
    for (int i = 0; i < readers; ++i) inside.recv();
    leave.close();
    wg.wait();
    EXPECT_TRUE(mu.try_lock());
    mu.unlock();
  }
}

// Readers add 1, writers 10,000: what is seen tells who was there.
SLUICE_TEST(RWMutex, Hammer) {
  const int rounds = test::rounds(1000);
  for (int readers : {1, 3, 10}) {
    RWMutex mu;
    std::atomic<int> activity{0};
    WaitGroup wg;
    auto write = [&] {
      for (int i = 0; i < rounds; ++i) {
        mu.lock();
        EXPECT_EQ(activity.fetch_add(10'000), 0);
        if (i % 16 == 0) yield();
        EXPECT_EQ(activity.fetch_sub(10'000), 10'000);
        mu.unlock();
      }
    };
    auto read = [&] {
      for (int i = 0; i < rounds; ++i) {
        mu.lock_shared();
        EXPECT_LT(activity.fetch_add(1), 10'000);
        if (i % 16 == 0) yield();
        activity.fetch_sub(1);
        mu.unlock_shared();
      }
    };
    wg.go(write);
    for (int i = 0; i < readers / 2; ++i) wg.go(read);
    wg.go(write);
    for (int i = readers / 2; i < readers; ++i) wg.go(read);
    wg.wait();
  }
}

SLUICE_TEST(RWMutex, TryTable) {
  RWMutex mu;
  ASSERT_TRUE(mu.try_lock());
  EXPECT_FALSE(mu.try_lock());
  EXPECT_FALSE(mu.try_lock_shared());
  mu.unlock();
  ASSERT_TRUE(mu.try_lock_shared());
  EXPECT_TRUE(mu.try_lock_shared());
  EXPECT_FALSE(mu.try_lock());
  mu.unlock_shared();
  EXPECT_FALSE(mu.try_lock());
  mu.unlock_shared();
  ASSERT_TRUE(mu.try_lock());
  mu.unlock();
}

SLUICE_TEST(RWMutex, WaitingWriterHoldsOffNewReaders) {
  RWMutex mu;
  std::vector<char> order;
  mu.lock_shared();
  WaitGroup wg;
  wg.go([&] {
    mu.lock();
    order.push_back('w');
    mu.unlock();
  });
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.Lock"));
  EXPECT_FALSE(mu.try_lock_shared());
  wg.go([&] {
    mu.lock_shared();
    order.push_back('r');
    mu.unlock_shared();
  });
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.RLock"));
  mu.unlock_shared();
  wg.wait();
  EXPECT_EQ(order, (std::vector<char>{'w', 'r'}));
}

SLUICE_TEST(RWMutex, WriterWaitsForAllReaders) {
  test::expect_reports({"SL103"});
  RWMutex mu;
  mu.lock_shared();
  mu.lock_shared();  // NOLINT(sluice-recursive-read-lock)
  const auto written = make_chan();
  go([&] {
    mu.lock();
    written.close();
    mu.unlock();
  });
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.Lock"));
  mu.unlock_shared();
  EXPECT_EQ(try_select(on_recv(written)), -1);
  EXPECT_EQ(test::parked("sync.RWMutex.Lock"), 1u);
  mu.unlock_shared();
  written.recv();
  mu.lock();  // the writer has left
  mu.unlock();
}

// unlock lets in all readers that wait, before the next writer.
SLUICE_TEST(RWMutex, UnlockLetsWaitingReadersIn) {
  RWMutex mu;
  mu.lock();
  const auto inside = make_chan();
  const auto leave = make_chan();
  WaitGroup wg;
  for (int i = 0; i < 5; ++i) {
    wg.go([&] {
      SharedLock lock(mu);
      inside.send();
      leave.recv();
    });
  }
  ASSERT_TRUE(test::eventually_parked("sync.RWMutex.RLock", 5));
  const auto written = make_chan();
  wg.go([&] {
    Lock lock(mu);
    written.close();
  });
  ASSERT_TRUE(test::eventually(
      [] { return test::parked("sync.RWMutex.Lock") + test::parked("sync.Mutex.Lock") == 1; }));
  mu.unlock();
  for (int i = 0; i < 5; ++i) inside.recv();
  EXPECT_EQ(try_select(on_recv(written)), -1);
  leave.close();
  wg.wait();
}

SLUICE_TEST(RWMutex, ReadLockerReads) {
  RWMutex mu;
  ReadLocker reading(mu);
  reading.lock();
  EXPECT_TRUE(reading.try_lock());
  EXPECT_FALSE(mu.try_lock());
  reading.unlock();
  reading.unlock();
  {
    std::lock_guard lock(reading);
    EXPECT_FALSE(mu.try_lock());
  }
  mu.lock();
  EXPECT_FALSE(reading.try_lock());
  mu.unlock();
}

// The value is no atomic: readers and writers are kept apart by the lock alone.
SLUICE_TEST(RWMutex, PublishesWhatWasWritten) {
  RWMutex mu;
  std::vector<int> values(4, 0);
  WaitGroup wg;
  const int rounds = test::rounds(2000);
  wg.go([&] {
    for (int i = 1; i <= rounds; ++i) {
      Lock lock(mu);
      for (int& value : values) value = i;
    }
  });
  for (int reader = 0; reader < 4; ++reader) {
    wg.go([&] {
      int last = 0;
      while (last < rounds) {
        SharedLock lock(mu);
        for (int value : values) EXPECT_EQ(value, values[0]);
        EXPECT_GE(values[0], last);
        last = values[0];
      }
    });
  }
  wg.wait();
}

SLUICE_TEST(RWMutex, SharedWithForeignThreads) {
  RWMutex mu;
  long count = 0;
  const int rounds = test::rounds(2000);
  auto write = [&] {
    for (int i = 0; i < rounds; ++i) {
      std::unique_lock lock(mu);
      ++count;
    }
  };
  auto read = [&] {
    long last = 0;
    for (int i = 0; i < rounds; ++i) {
      std::shared_lock lock(mu);
      EXPECT_GE(count, last);
      last = count;
    }
  };
  WaitGroup wg;
  {
    test::ForeignThread writer(write);
    test::ForeignThread reader(read);
    wg.go(write);
    wg.go(read);
    wg.wait();
  }
  EXPECT_EQ(count, 2L * rounds);
}

}  // namespace
}  // namespace sluice
