// RUN: %check_all --strict --checks=sluice-mismatched-exit,sluice-missing-unlock %s
// A mistake is told once: what is no design is the other check's.
#include <sluice/sluice.hpp>

sluice::Mutex mu;
int stock;

bool take() noexcept {
  mu.lock();
  if (stock == 0) return false;  // expected-warning {{'mu' is still locked when 'take' returns here}}
  if (stock < 0) {
    mu.unlock();
    return false;
  }
  --stock;
  mu.unlock();
  return true;
}
