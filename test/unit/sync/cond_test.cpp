// Waiting for a change with any lock, and on any thread. What Go's tests check of it is in
// conformance/cond_test.cpp.
#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

SLUICE_TEST(Cond, WorksWithEveryKindOfLock) {
  RWMutex mu;
  Cond cond;
  bool ready = false;
  WaitGroup wg;
  wg.go([&] {
    ReadLocker reading(mu);
    reading.lock();
    cond.wait(reading, [&] { return ready; });
    reading.unlock();
  });
  wg.go([&] {
    std::unique_lock lock(mu);
    cond.wait(lock, [&] { return ready; });
  });
  ASSERT_TRUE(test::eventually_parked("sync.Cond.Wait", 2));
  mu.lock();
  ready = true;
  mu.unlock();
  cond.notify_all();
  wg.wait();
}

// A lock whose unlock() throws, after `before` has run.
struct Unwilling {
  void lock() {}
  void unlock() {
    before();
    throw std::runtime_error("not now");
  }
  std::function<void()> before;
};

SLUICE_TEST(Cond, NobodyWaitsWhenTheLockCouldNotBeFreed) {
  Mutex mu;
  Cond cond;
  std::unique_lock not_held(mu, std::defer_lock);
  for (int i = 0; i < 3; ++i) EXPECT_THROW(cond.wait(not_held), std::system_error);
  Unwilling unwilling{[] {}};
  EXPECT_THROW(cond.wait(unwilling), std::runtime_error);
  // The next notification reaches who does wait.
  bool ready = false;
  WaitGroup wg;
  wg.go([&] {
    Lock lock(mu);
    cond.wait(mu, [&] { return ready; });
  });
  ASSERT_TRUE(test::eventually_parked("sync.Cond.Wait", 1));
  {
    Lock lock(mu);
    ready = true;
  }
  cond.notify_one();
  wg.wait();
}

SLUICE_TEST(Cond, NotificationOfOneThatLeavesGoesToTheNext) {
  Mutex mu;
  Cond cond;
  bool ready = false;
  WaitGroup wg;
  // It is first in the queue; the other comes behind it, and there is one notification for both.
  Unwilling unwilling{[&] {
    wg.go([&] {
      Lock lock(mu);
      cond.wait(mu, [&] { return ready; });
    });
    ASSERT_TRUE(test::eventually_parked("sync.Cond.Wait", 1));
    {
      Lock lock(mu);
      ready = true;
    }
    cond.notify_one();
  }};
  EXPECT_THROW(cond.wait(unwilling), std::runtime_error);
  wg.wait();
}

SLUICE_TEST(Cond, BoundedBufferWithForeignThreads) {
  constexpr std::size_t kRoom = 3;
  const int items = test::rounds(3000);
  Mutex mu;
  Cond changed;
  std::vector<int> buffer;
  long sum = 0;
  auto produce = [&] {
    for (int i = 1; i <= items; ++i) {
      std::unique_lock lock(mu);
      changed.wait(lock, [&] { return buffer.size() < kRoom; });
      buffer.push_back(i);
      changed.notify_all();
    }
  };
  auto consume = [&] {
    for (int i = 1; i <= items; ++i) {
      std::unique_lock lock(mu);
      changed.wait(lock, [&] { return !buffer.empty(); });
      sum += buffer.back();
      buffer.pop_back();
      changed.notify_all();
    }
  };
  WaitGroup wg;
  {
    test::ForeignThread producer(produce);
    test::ForeignThread consumer(consume);
    wg.go(produce);
    wg.go(consume);
    wg.wait();
  }
  EXPECT_EQ(sum, long{items} * (items + 1));
}

}  // namespace
}  // namespace sluice
