// Conditions, read locks and flights: queues that are shut down while others wait, a cache that fills itself once, a
// barrier that is used again and again, a pool of objects that have locks.
// RUN: %python %S/over_seeds.py 20 %programs/silent_queues
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <sluice/sluice.hpp>

namespace {

// A bounded queue with two conditions under one lock.
class Queue {
 public:
  bool push(int value) {
    sluice::Lock guard(mu_);
    not_full_.wait(mu_, [this] { return items_.size() < 3 || closed_; });
    if (closed_) return false;
    items_.push_back(value);
    not_empty_.notify_one();
    return true;
  }
  std::optional<int> pop() {
    sluice::Lock guard(mu_);
    not_empty_.wait(mu_, [this] { return !items_.empty() || closed_; });
    if (items_.empty()) return std::nullopt;
    const int value = items_.front();
    items_.pop_front();
    not_full_.notify_one();
    return value;
  }
  void close() {
    sluice::Lock guard(mu_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  sluice::Mutex mu_;
  sluice::Cond not_full_, not_empty_;
  std::deque<int> items_;
  bool closed_ = false;
};

bool queue() {
  Queue items;
  std::atomic<int> sum{0};
  sluice::WaitGroup producers, consumers;
  for (int i = 0; i < 3; ++i) {
    producers.go([&items, i] {
      for (int k = 0; k < 10; ++k) items.push(i * 10 + k);
    });
    consumers.go([&] {
      while (auto value = items.pop()) sum += *value;
    });
  }
  producers.wait();
  items.close();
  consumers.wait();
  return sum == 29 * 30 / 2;
}

// Those who push are sent home by the close.
bool closed_under_producers() {
  Queue items;
  sluice::WaitGroup producers;
  for (int i = 0; i < 3; ++i) {
    producers.go([&items] {
      while (items.push(1)) {
      }
    });
  }
  items.pop();
  items.close();
  producers.wait();
  return true;
}

class Cache {
 public:
  int get(const std::string& key) {
    {
      sluice::SharedLock guard(mu_);
      if (const auto found = values_.find(key); found != values_.end()) return found->second;
    }
    return flights_.call(key, [this, &key] {
      ++loads_;
      sluice::yield();
      sluice::Lock guard(mu_);
      return values_[key] = static_cast<int>(key.size());
    });
  }
  int loads() const { return loads_; }

 private:
  sluice::RWMutex mu_;
  std::map<std::string, int> values_;
  sluice::SingleFlight<std::string, int> flights_;
  std::atomic<int> loads_{0};
};

bool cache() {
  Cache values;
  std::atomic<int> wrong{0};
  sluice::WaitGroup wg;
  for (int i = 0; i < 6; ++i) {
    wg.go([&] {
      for (const char* key : {"a", "bb", "ccc"}) {
        if (values.get(key) != static_cast<int>(std::string(key).size())) ++wrong;
      }
    });
  }
  wg.wait();
  return wrong == 0 && values.loads() >= 3;
}

class Barrier {
 public:
  explicit Barrier(int parties) : parties_(parties) {}
  void wait() {
    sluice::Lock guard(mu_);
    const int round = round_;
    if (++arrived_ == parties_) {
      arrived_ = 0;
      ++round_;
      all_.notify_all();
      return;
    }
    all_.wait(mu_, [&] { return round != round_; });
  }

 private:
  sluice::Mutex mu_;
  sluice::Cond all_;
  const int parties_;
  int arrived_ = 0;
  int round_ = 0;
};

bool barrier() {
  Barrier all(3);
  std::atomic<int> steps{0};
  std::atomic<bool> ok{true};
  sluice::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.go([&] {
      for (int k = 1; k <= 5; ++k) {
        ++steps;
        all.wait();
        if (steps < 3 * k) ok = false;
        all.wait();
      }
    });
  }
  wg.wait();
  return ok && steps == 15;
}

struct Buffer {
  sluice::Mutex mu;
  int uses = 0;
};

// Objects with locks that go from hand to hand through a pool.
bool pool_of_locks() {
  sluice::Pool<std::unique_ptr<Buffer>> buffers([] { return std::make_unique<Buffer>(); });
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([&buffers] {
      for (int k = 0; k < 10; ++k) {
        std::unique_ptr<Buffer> buffer = buffers.get();
        {
          sluice::Lock guard(buffer->mu);
          ++buffer->uses;
        }
        buffers.put(std::move(buffer));
      }
    });
  }
  wg.wait();
  return true;
}

// Readers under readers of other locks, and one writer that holds one lock at a time.
bool two_tables() {
  sluice::RWMutex users, groups;
  int changes = 0;
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([&, i] {
      for (int k = 0; k < 10; ++k) {
        sluice::SharedLock first(i % 2 == 0 ? users : groups);
        sluice::yield();
      }
    });
  }
  wg.go([&] {
    for (int k = 0; k < 10; ++k) {
      {
        sluice::Lock guard(users);
        ++changes;
      }
      sluice::Lock guard(groups);
      ++changes;
    }
  });
  wg.wait();
  return changes == 20;
}

}  // namespace

int main() {
  return sluice::run([] {
    const bool ok = queue() && closed_under_producers() && cache() && barrier() && pool_of_locks() &&
                    two_tables();
    return ok ? 0 : 1;
  });
}
