// RUN: %check_all %s
// expected-no-diagnostics
// Not looked for by default.
#include <sluice/sluice.hpp>

sluice::Mutex mu;
int total;

void by_hand() {
  mu.lock();
  ++total;
  mu.unlock();
}
