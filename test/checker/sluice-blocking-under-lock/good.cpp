// RUN: %check_all --strict --checks=sluice-blocking-under-lock %s
// expected-no-diagnostics
#include <sluice/sluice.hpp>

sluice::Mutex mu, other;
sluice::Cond cond;
bool ready;
int total;

void after_it(sluice::Chan<int> ch) noexcept {
  {
    sluice::Lock lock(mu);
    total++;
  }
  ch.send(total);
}
// It is let go meanwhile.
void waits() noexcept {
  sluice::Lock lock(mu);
  while (!ready) cond.wait(mu);
}
// Which never waits.
void tries(sluice::Chan<int> ch) noexcept {
  sluice::Lock lock(mu);
  total += ch.try_recv().value_or(0);
}
// A matter of lock orders.
void nested() noexcept {
  sluice::Lock lock(mu);
  sluice::Lock inner(other);
  total++;
}
