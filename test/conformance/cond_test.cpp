// Cond as Go's own tests see it: who wakes, how many, in which order, and that nobody takes a
// notification that is another's.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <type_traits>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

// No wake-up comes for nothing: that is what is tested here.
// NOLINTBEGIN(sluice-cond-wait-without-loop)
SLUICE_TEST_ON(ConformanceCond, NotifyOneWakesExactlyOne, 1, 2, 8) {
  constexpr int kWaiters = 20;
  Mutex mu;
  Cond cond;
  const auto running = make_chan(kWaiters);
  const auto awake = make_chan(kWaiters);
  for (int i = 0; i < kWaiters; ++i) {
    go([&, running, awake] {
      mu.lock();
      running.send();
      cond.wait(mu);
      awake.send();
      mu.unlock();
    });
  }
  for (int i = 0; i < kWaiters; ++i) running.recv();
  for (int left = kWaiters; left > 0; --left) {
    EXPECT_FALSE(awake.try_recv()) << "woken without a notification";
    {
      Lock lock(mu);
      cond.notify_one();
    }
    awake.recv();
    ASSERT_TRUE(test::eventually_parked("sync.Cond.Wait", static_cast<std::size_t>(left) - 1));
    Lock lock(mu);
    EXPECT_FALSE(awake.try_recv()) << "one notification woke two";
  }
  EXPECT_EQ(test::parked("sync.Cond.Wait"), 0u);
}

SLUICE_TEST_ON(ConformanceCond, NotifyingNobodyIsForgotten, 1, 2, 8) {
  Mutex mu;
  Cond cond;
  for (int i = 0; i < 10; ++i) cond.notify_one();
  cond.notify_all();
  std::atomic<bool> awake{false};
  WaitGroup wg;
  wg.go([&] {
    Lock lock(mu);
    cond.wait(mu);
    awake = true;
  });
  ASSERT_TRUE(test::eventually_parked("sync.Cond.Wait"));
  EXPECT_FALSE(awake);
  cond.notify_one();
  wg.wait();
  EXPECT_TRUE(awake);
}

// A hundred waiters, each known to have queued before the next. They must come out likewise.
SLUICE_TEST_ON(ConformanceCond, OldestWaiterIsWokenFirst, 1, 2, 8) {
  constexpr std::size_t kWaiters = 100;
  Mutex mu;
  Cond cond;
  std::vector<std::size_t> order;
  WaitGroup wg;
  for (std::size_t id = 0; id < kWaiters; ++id) {
    const auto holds_the_lock = make_chan();
    wg.go([&, id, holds_the_lock] {
      mu.lock();
      holds_the_lock.close();
      cond.wait(mu);
      order.push_back(id);
      mu.unlock();
    });
    holds_the_lock.recv();
    Lock lock(mu);  // free again: the waiter is in the queue
  }
  for (std::size_t count = 1; count <= kWaiters; ++count) {
    cond.notify_one();
    ASSERT_TRUE(test::eventually([&] {
      Lock lock(mu);
      return order.size() == count;
    }));
  }
  wg.wait();
  for (std::size_t id = 0; id < kWaiters; ++id) ASSERT_EQ(order[id], id);
}

SLUICE_TEST_ON(ConformanceCond, NotifyAllWakesAllOnceAndNoLaterOnes, 1, 2, 8) {
  constexpr int kWaiters = 200;
  const int rounds = test::rounds(200);
  Mutex mu;
  Cond cond;
  const auto running = make_chan<std::size_t>(kWaiters);
  const auto awake = make_chan<std::size_t>(kWaiters);
  bool stop = false;
  WaitGroup wg;
  for (std::size_t id = 0; id < kWaiters; ++id) {
    wg.go([&, id] {
      Lock lock(mu);
      while (!stop) {
        running.send(id);
        cond.wait(mu);
        awake.send(id);
      }
    });
  }
  for (int round = 1; round <= rounds; ++round) {
    for (int i = 0; i < kWaiters; ++i) running.recv();
    {
      Lock lock(mu);
      ASSERT_FALSE(awake.try_recv()) << "woken by the notify_all of an earlier round";
      stop = round == rounds;
      cond.notify_all();
    }
    std::vector<bool> seen(kWaiters);
    for (int i = 0; i < kWaiters; ++i) {
      const std::size_t id = awake.recv().value();
      ASSERT_FALSE(seen[id]) << "woken twice by one notify_all";
      seen[id] = true;
    }
  }
  wg.wait();
  EXPECT_FALSE(running.try_recv());
}

// The first waits before anybody can notify; a second begins to wait at about the same time as the
// notification comes. It must not get the first one's.
SLUICE_TEST_ON(ConformanceCond, NewcomerDoesNotStealTheNotification, 1, 2, 8) {
  for (int round = 0; round < test::rounds(1000); ++round) {
    Mutex mu;
    Cond cond;
    const auto newcomer_awake = make_chan();
    WaitGroup wg;
    mu.lock();
    wg.go([&] {
      Lock lock(mu);
      cond.notify_all();
    });
    wg.go([&] {
      Lock lock(mu);
      cond.wait(mu);
      newcomer_awake.close();
    });
    cond.wait(mu);  // frees the lock only when queued
    mu.unlock();
    // Now the newcomer, which may have come after the notification.
    ASSERT_TRUE(test::eventually([&] {
      cond.notify_all();
      return try_select(on_recv(newcomer_awake)) == 0;
    }));
    wg.wait();
  }
}

// Three goroutines, each waiting for what the one before wrote: no atomics, the lock orders it.
SLUICE_TEST_ON(ConformanceCond, WaitFreesAndRetakesTheLock, 1, 2, 8) {
  for (int round = 0; round < test::rounds(200); ++round) {
    Mutex mu;
    Cond cond;
    int stage = 0;
    WaitGroup wg;
    for (int id = 2; id >= 0; --id) {
      wg.go([&, id] {
        Lock lock(mu);
        while (stage != id) {
          cond.wait(mu);
          EXPECT_FALSE(mu.try_lock()) << "wait returned without the lock";
        }
        ++stage;
        cond.notify_all();
      });
    }
    wg.wait();
    ASSERT_EQ(stage, 3);
  }
}

SLUICE_TEST_ON(ConformanceCond, LockIsFreeWhileWaiting, 1, 2, 8) {
  Mutex mu;
  Cond cond;
  bool ready = false;
  WaitGroup wg;
  wg.go([&] {
    Lock lock(mu);
    cond.wait(mu, [&] { return ready; });
  });
  ASSERT_TRUE(test::eventually_parked("sync.Cond.Wait"));
  ASSERT_TRUE(mu.try_lock()) << "wait kept the lock";
  ready = true;
  cond.notify_one();
  mu.unlock();
  wg.wait();
}

// Go finds a copy when it is used; here there is none.
TEST(ConformanceCond, CannotBeCopiedNorMoved) {
  static_assert(!std::is_copy_constructible_v<Cond> && !std::is_copy_assignable_v<Cond>);
  static_assert(!std::is_move_constructible_v<Cond> && !std::is_move_assignable_v<Cond>);
  EXPECT_FALSE(std::is_copy_constructible_v<Cond>);
}
// NOLINTEND(sluice-cond-wait-without-loop)

}  // namespace
}  // namespace sluice
