// RUN: %check_all %s
// Ways out of loops: return, break, continue, goto.
#include <memory>
#include <mutex>
#include <vector>

std::mutex mu;
int total;
int next();

struct Shard {
  std::mutex mu;
  int value = 0;
};

int return_in_loop(const std::vector<int>& keys) {
  for (int key : keys) {
    mu.lock();
    if (key == total) return key;  // expected-warning {{'mu' is still locked when 'return_in_loop' returns here}}
    total += key;
    mu.unlock();
  }
  return -1;
}

void break_in_loop() {
  while (true) {
    mu.lock();
    if (next() < 0) break;
    total++;
    mu.unlock();
  }
}  // expected-warning {{'mu' is still locked at the end of 'break_in_loop'; it was locked on line 28}}

int break_with_object(std::vector<std::unique_ptr<Shard>>& shards, int x) {
  int found = 0;
  for (auto& shard : shards) {
    Shard& s = *shard;
    s.mu.lock();
    if (s.value == x) {
      found = 1;
      break;  // expected-warning {{'s.mu' is still locked when this 'break' leaves the loop}}
    }
    s.mu.unlock();
  }
  return found;
}

void continue_in_loop(int n) {
  for (int i = 0; i < n; ++i) {
    mu.lock();
    if (next() == i) continue;  // expected-warning {{'mu' is still locked when this 'continue' starts the loop again}}
    total++;
    mu.unlock();
  }
}  // expected-warning {{'mu' is still locked at the end of 'continue_in_loop'}}

void skipped_by_condition(int n) {
  for (int i = 0; i < n; ++i) {
    mu.lock();  // expected-warning {{'mu' is still locked when the loop comes round to lock it again}}
    if (next() == i) {
      total++;
      mu.unlock();
    }
  }
}  // expected-warning {{'mu' is still locked at the end of 'skipped_by_condition'}}

int jump_over(int x) {
  mu.lock();
  if (x < 0) goto out;
  total += x;
  mu.unlock();
  return 0;
out:
  total = 0;
  return -1;  // expected-warning {{'mu' is still locked when 'jump_over' returns here}}
}

void worker(bool* stop) {
  for (;;) {
    mu.lock();
    if (*stop) break;
    total++;
    mu.unlock();
  }
}  // expected-warning {{'mu' is still locked at the end of 'worker'}}

// A retry loop that gives up with the lock.
int give_up(int tries) {
  while (tries-- > 0) {
    mu.lock();
    if (total > 0) {
      total--;
      mu.unlock();
      return 0;
    }
    if (tries == 0) return -1;  // expected-warning {{'mu' is still locked when 'give_up' returns here}}
    mu.unlock();
  }
  return -1;
}
