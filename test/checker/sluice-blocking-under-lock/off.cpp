// RUN: %check_all %s
// expected-no-diagnostics
// Not looked for by default.
#include <sluice/sluice.hpp>

sluice::Mutex mu;

void sends(sluice::Chan<int> ch) {
  sluice::Lock lock(mu);
  ch.send(1);
}
