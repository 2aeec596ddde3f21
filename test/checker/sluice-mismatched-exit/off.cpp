// RUN: %check_all %s
// expected-no-diagnostics
// Not looked for by default.
#include <sluice/sluice.hpp>

bool probe();

sluice::Mutex mu;

bool lock_slot() {
  mu.lock();
  if (!probe()) return false;
  if (!probe()) {
    mu.unlock();
    return false;
  }
  return true;
}
