// RUN: %check_all %s
// expected-no-diagnostics
// Try-locks whose result is followed wherever it goes.
#include <chrono>
#include <mutex>
#include <shared_mutex>

std::mutex mu, other;
std::timed_mutex timed;
std::shared_mutex shared;
int total;
void pause_a_little();

void plain() {
  if (mu.try_lock()) {
    total++;
    mu.unlock();
  }
}

bool negated() {
  if (!mu.try_lock()) return false;
  total++;
  mu.unlock();
  return true;
}

void in_variable() {
  bool ok = mu.try_lock();
  total++;
  if (ok) mu.unlock();
}

void compared() {
  if (mu.try_lock() == true) mu.unlock();
  if (mu.try_lock() != false) mu.unlock();
}

void assigned_in_condition() {
  bool ok;
  if ((ok = mu.try_lock())) total++;
  if (ok) mu.unlock();
}

void together() {
  const bool first = mu.try_lock();
  if (first && other.try_lock()) {
    total++;
    other.unlock();
  }
  if (first) mu.unlock();
}

void retry() {
  while (!mu.try_lock()) pause_a_little();
  total++;
  mu.unlock();
}

void retry_for_ever() {
  for (;;) {
    if (mu.try_lock()) break;
    pause_a_little();
  }
  total++;
  mu.unlock();
}

int retry_some(int tries) {
  bool got = false;
  while (tries-- > 0 && !(got = mu.try_lock())) pause_a_little();
  if (!got) return -1;
  total++;
  mu.unlock();
  return 0;
}

void timeouts() {
  using namespace std::chrono_literals;
  if (timed.try_lock_for(5ms)) timed.unlock();
  const bool got = timed.try_lock_until(std::chrono::steady_clock::now() + 1s);
  if (!got) return;
  timed.unlock();
}

int shared_side() {
  if (!shared.try_lock_shared()) return -1;
  const int result = total;
  shared.unlock_shared();
  return result;
}

void try_then_lock() {
  if (!mu.try_lock()) mu.lock();
  total++;
  mu.unlock();
}

void both() {
  if (std::try_lock(mu, other) == -1) {
    total++;
    mu.unlock();
    other.unlock();
  }
}

// A back-off as in every text book on two locks.
void back_off() {
  for (;;) {
    mu.lock();
    if (other.try_lock()) break;
    mu.unlock();
    pause_a_little();
  }
  total++;
  other.unlock();
  mu.unlock();
}

// Wrappers of try-locks: the result is the caller's.
bool begin() { return mu.try_lock(); }
bool begin_if(bool wanted) { return wanted && mu.try_lock(); }
void finish() { mu.unlock(); }
void uses_wrappers() {
  if (!begin()) return;
  total++;
  finish();
  if (begin_if(total > 3)) finish();
}

// Guards of try-locks.
void guards() {
  std::unique_lock<std::mutex> lock(mu, std::try_to_lock);
  if (!lock.owns_lock()) return;
  if (!lock) return;
  total++;
}
