// RUN: %check_all --strict --checks=sluice-mismatched-exit,sluice-missing-unlock %s
// expected-no-diagnostics
// Callers can tell.
#include <sluice/sluice.hpp>

bool probe() noexcept;

struct Table {
  sluice::Mutex mu;
  bool closed = false;
  int used = 0, size = 0;
};

// By the result.
bool lock_open(Table& table) noexcept {
  table.mu.lock();
  if (table.closed) {
    table.mu.unlock();
    return false;
  }
  return true;
}
int lock_status(Table& table) noexcept {
  table.mu.lock();
  if (table.used == table.size) {
    table.mu.unlock();
    return -1;
  }
  return table.used > 0 ? 1 : 0;
}

// By what they gave.
void lock_and_keep(Table& table, bool keep) noexcept {
  table.mu.lock();
  ++table.used;
  if (!keep) table.mu.unlock();
}

// By what it left behind.
sluice::Mutex mu;
bool is_open;
void lock_and_open() noexcept {
  mu.lock();
  if (!probe()) {
    mu.unlock();
    return;
  }
  is_open = true;
}

// It was never taken then.
sluice::Mutex other;
bool threaded;
void lock_if_threaded() noexcept {
  if (threaded) other.lock();
}
void unlock_if_threaded() noexcept {
  if (threaded) other.unlock();
}
