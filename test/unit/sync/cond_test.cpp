// Waiting for, and announcing, a change: who wakes, in which order, and that nobody wakes without
// reason.
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

SLUICE_TEST(Cond, NotifyOneWakesExactlyOne) {
  constexpr int kWaiters = 10;
  Mutex mu;
  Cond cond;
  const auto running = make_chan(kWaiters);
  const auto awake = make_chan(kWaiters);
  for (int i = 0; i < kWaiters; ++i) {
    go([&] {
      mu.lock();
      running.send();
      cond.wait(mu);
      awake.send();
      mu.unlock();
    });
  }
  for (int i = 0; i < kWaiters; ++i) running.recv();
  for (int left = kWaiters; left > 0; --left) {
    EXPECT_EQ(awake.try_recv(), std::nullopt) << "woken without a notification";
    mu.lock();
    cond.notify_one();
    mu.unlock();
    awake.recv();
    // Taking the lock makes sure that no other has got through meanwhile.
    Lock lock(mu);
    EXPECT_EQ(awake.try_recv(), std::nullopt) << "one notification woke two";
  }
  cond.notify_one();
}

SLUICE_TEST(Cond, OldestWaiterIsWokenFirst) {
  constexpr int kWaiters = 100;
  Mutex mu;
  Cond cond;
  std::vector<int> order;
  WaitGroup wg;
  for (int id = 0; id < kWaiters; ++id) {
    const auto waiting = make_chan();
    wg.go([&, id, waiting] {
      mu.lock();
      waiting.close();
      cond.wait(mu);
      order.push_back(id);
      mu.unlock();
    });
    waiting.recv();
    Lock lock(mu);  // it has freed the lock: it is in the queue
  }
  for (int i = 0; i < kWaiters; ++i) {
    {
      Lock lock(mu);
      cond.notify_one();
    }
    ASSERT_TRUE(test::eventually([&] {
      Lock lock(mu);
      return order.size() == static_cast<std::size_t>(i) + 1;
    }));
  }
  wg.wait();
  for (int i = 0; i < kWaiters; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

SLUICE_TEST(Cond, NotifyAllWakesAllThatWaitAndNoLaterOnes) {
  constexpr int kWaiters = 200;
  const int rounds = test::rounds(50);
  Mutex mu;
  Cond cond;
  const auto running = make_chan<int>(kWaiters);
  const auto awake = make_chan<int>(kWaiters);
  bool stop = false;
  WaitGroup wg;
  for (int id = 0; id < kWaiters; ++id) {
    wg.go([&, id] {
      mu.lock();
      while (!stop) {
        running.send(id);
        cond.wait(mu);
        awake.send(id);
      }
      mu.unlock();
    });
  }
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < kWaiters; ++i) running.recv();
    mu.lock();
    EXPECT_EQ(awake.try_recv(), std::nullopt);
    stop = round == rounds - 1;
    cond.notify_all();
    mu.unlock();
    std::vector<bool> seen(kWaiters);
    for (int i = 0; i < kWaiters; ++i) {
      const auto id = static_cast<std::size_t>(awake.recv().value());
      EXPECT_FALSE(seen[id]) << "woken twice by one notify_all";
      seen[id] = true;
    }
  }
  wg.wait();
  EXPECT_EQ(running.try_recv(), std::nullopt);
}

// A waiter that came first gets the notification even if another comes at the same time.
SLUICE_TEST(Cond, LateWaitersDoNotStealTheWakeUp) {
  for (int round = 0; round < test::rounds(500); ++round) {
    Mutex mu;
    Cond cond;
    const auto late_is_awake = make_chan();
    WaitGroup wg;
    mu.lock();
    wg.go([&] {
      Lock lock(mu);
      cond.notify_all();
    });
    wg.go([&] {
      Lock lock(mu);
      cond.wait(mu);
      late_is_awake.close();
    });
    cond.wait(mu);  // frees the lock only now: nobody can have notified before
    mu.unlock();
    ASSERT_TRUE(test::eventually([&] {
      cond.notify_all();
      return try_select(on_recv(late_is_awake)) == 0;
    }));
    wg.wait();
  }
}

// Three goroutines hand a number round; each sees what the one before wrote under the lock.
SLUICE_TEST(Cond, HandsStateOver) {
  Mutex mu;
  Cond cond;
  int turn = 0;
  const int rounds = test::rounds(300);
  WaitGroup wg;
  for (int id = 0; id < 3; ++id) {
    wg.go([&, id] {
      for (int i = 0; i < rounds; ++i) {
        std::unique_lock lock(mu);
        cond.wait(lock, [&] { return turn % 3 == id; });
        ++turn;
        cond.notify_all();
      }
    });
  }
  wg.wait();
  EXPECT_EQ(turn, 3 * rounds);
}

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

SLUICE_TEST(Cond, NotifyWithoutWaitersIsForgotten) {
  Mutex mu;
  Cond cond;
  cond.notify_one();
  cond.notify_all();
  const auto awake = make_chan();
  go([&] {
    {
      Lock lock(mu);
      cond.wait(mu);
    }
    awake.send();
  });
  ASSERT_TRUE(test::eventually_parked("sync.Cond.Wait"));
  EXPECT_EQ(awake.try_recv(), std::nullopt);
  cond.notify_one();
  awake.recv();
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
