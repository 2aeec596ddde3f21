// Locks and conditions under random use by goroutines and foreign threads: never two inside, nobody
// forgotten.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"
#include "support/stress.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

using test::Random;

constexpr std::size_t kLocks = 4;

// Something that takes a while, in one of the ways in which a section can.
void linger(Random& random) {
  switch (random.below(20)) {
    case 0:
      sleep_for(std::chrono::microseconds(random.below(100)));
      return;
    case 1:
    case 2:
      yield();
      return;
    default:
      return;
  }
}

struct Account {
  Mutex mu;
  long balance = 1000;  // only the lock keeps it right
};

void transfer(std::array<Account, kLocks>& accounts, Random& random) {
  const std::size_t from = random.below(kLocks);
  const std::size_t to = random.below(kLocks);
  if (from == to) return;
  const long amount = static_cast<long>(random.below(100));
  if (random.one_in(3)) {
    if (!accounts[from].mu.try_lock()) return;
    std::unique_lock first(accounts[from].mu, std::adopt_lock);
    std::unique_lock second(accounts[to].mu, std::try_to_lock);
    if (!second.owns_lock()) return;
    accounts[from].balance -= amount;
    linger(random);
    accounts[to].balance += amount;
  } else {
    std::scoped_lock both(accounts[from].mu, accounts[to].mu);
    accounts[from].balance -= amount;
    linger(random);
    accounts[to].balance += amount;
  }
}

SLUICE_TEST(SyncStress, TransfersBetweenAccounts) {
  const int steps = test::rounds(500);
  for (test::Rounds rounds; rounds.next();) {
    Random random(rounds.seed());
    std::array<Account, kLocks> accounts;
    WaitGroup wg;
    {
      std::vector<test::ForeignThread> threads;
      const std::size_t goroutines = 1 + random.below(20);
      for (std::size_t id = 0; id < goroutines; ++id) {
        wg.go([&, id] {
          Random own(rounds.seed(), 1 + id);
          for (int i = 0; i < steps; ++i) transfer(accounts, own);
        });
      }
      for (std::size_t id = 0; id < random.below(3); ++id) {
        threads.emplace_back([&, id] {
          Random own(rounds.seed(), 1000 + id);
          for (int i = 0; i < steps; ++i) transfer(accounts, own);
        });
      }
      wg.wait();
    }
    long total = 0;
    for (Account& account : accounts) {
      Lock lock(account.mu);
      total += account.balance;
    }
    EXPECT_EQ(total, 1000L * kLocks);
  }
}

// A pair that writers keep equal, and that readers must never see apart.
struct Pair {
  RWMutex mu;
  long left = 0;
  long right = 0;
};

void use(Pair& pair, Random& random, std::atomic<long>& written) {
  switch (random.below(8)) {
    case 0: {
      std::unique_lock lock(pair.mu);
      ++pair.left;
      linger(random);
      ++pair.right;
      ++written;
      return;
    }
    case 1:
      if (pair.mu.try_lock()) {
        ++pair.left;
        linger(random);
        ++pair.right;
        ++written;
        pair.mu.unlock();
      }
      return;
    case 2:
      if (pair.mu.try_lock_shared()) {
        EXPECT_EQ(pair.left, pair.right);
        pair.mu.unlock_shared();
      }
      return;
    default: {
      std::shared_lock lock(pair.mu);
      const long seen = pair.left;
      linger(random);
      EXPECT_EQ(pair.left, pair.right);
      EXPECT_EQ(pair.left, seen);
    }
  }
}

SLUICE_TEST(SyncStress, ReadersAndWriters) {
  const int steps = test::rounds(500);
  for (test::Rounds rounds; rounds.next();) {
    Random random(rounds.seed());
    Pair pair;
    std::atomic<long> written{0};
    WaitGroup wg;
    {
      std::vector<test::ForeignThread> threads;
      const std::size_t goroutines = 1 + random.below(20);
      for (std::size_t id = 0; id < goroutines; ++id) {
        wg.go([&, id] {
          Random own(rounds.seed(), 1 + id);
          for (int i = 0; i < steps; ++i) use(pair, own, written);
        });
      }
      for (std::size_t id = 0; id < random.below(3); ++id) {
        threads.emplace_back([&, id] {
          Random own(rounds.seed(), 1000 + id);
          for (int i = 0; i < steps; ++i) use(pair, own, written);
        });
      }
      wg.wait();
    }
    EXPECT_EQ(pair.left, written);
    EXPECT_EQ(pair.right, written);
  }
}

// A bounded queue of one mutex and two conditions; notify_one must not be lost among waiters of its
// own kind.
class Queue {
 public:
  explicit Queue(std::size_t room) : room_(room) {}
  void put(int value) {
    std::unique_lock lock(mu_);
    not_full_.wait(lock, [&] { return values_.size() < room_; });
    values_.push_back(value);
    not_empty_.notify_one();
  }
  int take() {
    std::unique_lock lock(mu_);
    not_empty_.wait(lock, [&] { return !values_.empty(); });
    const int value = values_.front();
    values_.pop_front();
    lock.unlock();
    not_full_.notify_one();
    return value;
  }

 private:
  Mutex mu_;
  Cond not_full_;
  Cond not_empty_;
  std::deque<int> values_;
  const std::size_t room_;
};

SLUICE_TEST(SyncStress, BoundedQueueOfConditions) {
  const int each = test::rounds(500);
  for (test::Rounds rounds; rounds.next();) {
    Random random(rounds.seed());
    Queue queue(1 + random.below(5));
    const int peers = 1 + static_cast<int>(random.below(12));
    std::atomic<long> sum{0};
    WaitGroup wg;
    {
      test::ForeignThread producer([&] {
        for (int i = 1; i <= each; ++i) queue.put(i);
      });
      test::ForeignThread consumer([&] {
        for (int i = 1; i <= each; ++i) sum += queue.take();
      });
      for (int peer = 0; peer < peers; ++peer) {
        wg.go([&] {
          for (int i = 1; i <= each; ++i) queue.put(i);
        });
        wg.go([&] {
          for (int i = 1; i <= each; ++i) sum += queue.take();
        });
      }
      wg.wait();
    }
    EXPECT_EQ(sum, long{peers + 1} * each * (each + 1) / 2);
  }
}

// Many waiters, several of them on one WaitGroup, destroyed as soon as the last wait has returned.
SLUICE_TEST(SyncStress, WaitGroupsComeAndGo) {
  for (test::Rounds rounds; rounds.next();) {
    Random random(rounds.seed());
    for (int i = 0; i < test::rounds(300); ++i) {
      auto group = std::make_shared<WaitGroup>();
      const int workers = 1 + static_cast<int>(random.below(6));
      const int waiters = static_cast<int>(random.below(4));
      std::atomic<int> done{0};
      WaitGroup all_waited;
      group->add(workers);
      for (int k = 0; k < waiters; ++k) {
        all_waited.go([&, group, workers] {
          group->wait();
          EXPECT_EQ(done, workers);
        });
      }
      for (int k = 0; k < workers; ++k) {
        go([&done, raw = group.get()] {
          ++done;
          raw->done();
        });
      }
      group->wait();
      ASSERT_EQ(done, workers);
      group.reset();
      all_waited.wait();
    }
  }
}

}  // namespace
}  // namespace sluice
