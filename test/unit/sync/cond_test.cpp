// Waiting for a change with any lock, and on any thread. What Go's tests check of it is in
// conformance/cond_test.cpp.
#include <gtest/gtest.h>

#include <mutex>
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
