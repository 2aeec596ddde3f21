// RUN: %check_all %s
// expected-no-diagnostics
// What is put off is an unlock, or a lock that was given up for a while.
#include <sluice/sluice.hpp>

sluice::Mutex mu, other;
int total;

void usual() {
  mu.lock();
  sluice::Defer release{[&] { mu.unlock(); }};
  total++;
}

// The caller's lock: given up, and taken back at the end of the scope.
void call_out(void (*f)()) {
  mu.unlock();
  sluice::Defer take_back{[&] { mu.lock(); }};
  f();
}

void of_another() {
  mu.lock();
  sluice::Defer release{[&] { mu.unlock(); }};
  other.lock();
  total++;
  other.unlock();
}

void more_than_that() {
  mu.lock();
  total++;
  mu.unlock();
  sluice::Defer count{[&] {
    mu.lock();
    total++;
    mu.unlock();
  }};
}
