// A lock for each node: a list walked hand over hand, a tree walked from the top, ordered forks, and nodes whose memory
// is used again for others in another order. None of it can deadlock.
// RUN: %python %S/over_seeds.py 20 %programs/silent_node_locks
#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

// A sorted list; whoever walks it holds at most two neighbours, the next one locked before the last is let go.
class SortedList {
 public:
  void insert(int value) {
    auto fresh = std::make_unique<Node>(value);
    Node* at = &head_;
    at->mu.lock();
    while (at->next && at->next->value < value) at = step(at);
    fresh->next = std::move(at->next);
    at->next = std::move(fresh);
    at->mu.unlock();
  }

  bool erase(int value) {
    Node* at = &head_;
    at->mu.lock();
    while (at->next && at->next->value < value) at = step(at);
    bool found = at->next && at->next->value == value;
    if (found) {
      std::unique_ptr<Node> gone = std::move(at->next);
      gone->mu.lock();
      at->next = std::move(gone->next);
      gone->mu.unlock();
    }
    at->mu.unlock();
    return found;
  }

  std::size_t size() {
    std::size_t n = 0;
    Node* at = &head_;
    at->mu.lock();
    while (at->next) {
      at = step(at);
      ++n;
    }
    at->mu.unlock();
    return n;
  }

 private:
  struct Node {
    explicit Node(int v) : value(v) {}
    const int value;
    sluice::Mutex mu;
    std::unique_ptr<Node> next;
  };

  static Node* step(Node* at) {
    Node* next = at->next.get();
    next->mu.lock();
    at->mu.unlock();
    return next;
  }

  Node head_{0};
};

bool list() {
  SortedList numbers;
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([&numbers, i] {
      for (int k = 0; k < 15; ++k) numbers.insert(k * 4 + i);
      for (int k = 14; k >= 0; k -= 2) numbers.erase(k * 4 + i);
    });
  }
  wg.wait();
  return numbers.size() == 28;
}

struct Tree {
  explicit Tree(int depth) {
    if (depth > 0) {
      left = std::make_unique<Tree>(depth - 1);
      right = std::make_unique<Tree>(depth - 1);
    }
  }
  // The parent stays locked while its children are summed: always downwards.
  int sum() {
    sluice::Lock guard(mu);
    return value + (left ? left->sum() : 0) + (right ? right->sum() : 0);
  }
  void add(int path) {
    sluice::Lock guard(mu);
    ++value;
    if (left) (path % 2 == 0 ? left : right)->add(path / 2);
  }
  sluice::Mutex mu;
  int value = 0;
  std::unique_ptr<Tree> left, right;
};

bool tree() {
  Tree root(5);
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([&root, i] {
      for (int k = 0; k < 20; ++k) {
        root.add(i * 20 + k);
        if (k % 5 == 0) root.sum();
      }
    });
  }
  wg.wait();
  return root.sum() == 80 * 6;
}

// Philosophers who take the lower fork first.
bool philosophers() {
  std::array<sluice::Mutex, 5> forks;
  std::array<int, 5> meals{};
  sluice::WaitGroup wg;
  for (std::size_t i = 0; i < forks.size(); ++i) {
    wg.go([&, i] {
      const std::size_t other = (i + 1) % forks.size();
      for (int k = 0; k < 20; ++k) {
        sluice::Lock first(forks[std::min(i, other)]);
        sluice::Lock second(forks[std::max(i, other)]);
        ++meals[i];
      }
    });
  }
  wg.wait();
  return std::all_of(meals.begin(), meals.end(), [](int n) { return n == 20; });
}

// Philosophers who take both at once, in whatever order, or try and give the first one back.
bool other_philosophers() {
  std::array<sluice::Mutex, 4> forks;
  int meals = 0;
  sluice::Mutex counting;
  sluice::WaitGroup wg;
  for (std::size_t i = 0; i < forks.size(); ++i) {
    wg.go([&, i] {
      sluice::Mutex& mine = forks[i];
      sluice::Mutex& other = forks[(i + 1) % forks.size()];
      for (int k = 0; k < 20;) {
        if (k % 2 == 0) {
          std::scoped_lock both(mine, other);
          ++k;
        } else {
          sluice::Lock first(mine);
          if (other.try_lock()) {
            ++k;
            other.unlock();
          }
        }
        sluice::yield();
      }
      sluice::Lock guard(counting);
      meals += 20;
    });
  }
  wg.wait();
  return meals == 80;
}

struct Account {
  sluice::Mutex mu;
  int balance = 100;
};

// The order is the accounts' own, whichever way the money goes; accounts come and go at the same addresses, and which of
// two addresses comes first changes each time.
bool reused_accounts() {
  int total = 0;
  for (int round = 0; round < 20; ++round) {
    auto memory = std::make_unique<std::array<Account, 2>>();
    Account& first = (*memory)[round % 2 == 0 ? 0 : 1];
    Account& second = (*memory)[round % 2 == 0 ? 1 : 0];
    sluice::WaitGroup wg;
    for (int i = 0; i < 2; ++i) {
      wg.go([&first, &second, i] {
        Account& from = i == 0 ? first : second;
        Account& to = i == 0 ? second : first;
        sluice::Lock lower(first.mu);
        sluice::Lock higher(second.mu);
        from.balance -= 10;
        to.balance += 10;
      });
    }
    wg.wait();
    total += first.balance + second.balance;
  }
  return total == 20 * 200;
}

}  // namespace

int main() {
  return sluice::run([] {
    const bool ok = list() && tree() && philosophers() && other_philosophers() && reused_accounts();
    return ok ? 0 : 1;
  });
}
