// RUN: %check_all %s
// Locks that a try-lock took, and guards of try-locks.
#include <chrono>
#include <mutex>

std::mutex mu;
std::timed_mutex timed;
int total;

bool success_path(int x) {
  if (!mu.try_lock()) return false;
  if (x == total) return false;  // expected-warning {{'mu' is still locked when 'success_path' returns here}}
  total = x;
  mu.unlock();
  return true;
}

void result_in_variable(int x) {
  const bool ok = mu.try_lock();
  if (ok && x > 0) {
    total += x;
    mu.unlock();
  }
}  // expected-warning {{'mu' is still locked at the end of 'result_in_variable'}}

int with_timeout(int x) {
  if (timed.try_lock_for(std::chrono::milliseconds(5))) {
    if (x < 0) return -1;  // expected-warning {{'timed' is still locked when 'with_timeout' returns here}}
    total += x;
    timed.unlock();
    return 0;
  }
  return 1;
}

void second_fails(std::mutex& a, std::mutex& b) {
  if (a.try_lock()) {
    if (b.try_lock()) {
      total++;
      b.unlock();
      a.unlock();
    }
  }
}  // expected-warning {{'a' is still locked at the end of 'second_fails'}}

void all_or_nothing(std::mutex& a, std::mutex& b) {
  if (std::try_lock(a, b) != -1) return;
  total++;
  a.unlock();
  if (total > 5) b.unlock();
}  // expected-warning {{'b' is still locked at the end of 'all_or_nothing'}}

void spin(int x) {
  while (!mu.try_lock()) {
  }
  if (x == 0) return;  // expected-warning {{'mu' is still locked when 'spin' returns here}}
  mu.unlock();
}

// When the second is taken by somebody else, the first stays.
void together(std::mutex& a, std::mutex& b) {
  if (a.try_lock() && b.try_lock()) {
    total++;
    b.unlock();
    a.unlock();
  }
}  // expected-warning {{'a' is still locked at the end of 'together'}}
