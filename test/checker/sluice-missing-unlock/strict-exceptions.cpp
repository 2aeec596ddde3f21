// RUN: %check_all --strict --checks=sluice-missing-unlock %s
// With StrictExceptions every call that is not noexcept is a way out.
#include <mutex>

std::mutex mu;
int total;
int unknown();
int promised() noexcept;

void calls_unknown() {
  mu.lock();
  total = unknown();  // expected-warning {{'mu' is still locked when an exception from 'unknown' leaves 'calls_unknown'}}
  mu.unlock();
}

void calls_promised() {
  mu.lock();
  total = promised();
  mu.unlock();
}

void guarded() {
  std::lock_guard<std::mutex> guard(mu);
  total = unknown();
}
