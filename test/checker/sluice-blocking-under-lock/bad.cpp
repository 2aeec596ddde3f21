// RUN: %check_all --strict --checks=sluice-blocking-under-lock %s
// Whoever wants the lock waits for what its holder waits for.
#include <chrono>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
int total;

void receives(sluice::Chan<int> ch) noexcept {
  sluice::Lock lock(mu);
  total += ch.recv().value_or(0);  // expected-warning {{'recv' may wait while 'mu' is held, and whoever wants 'mu' waits as long; unlock first}}
}
void by_hand(sluice::Chan<int> ch) noexcept {
  mu.lock();
  ch.send(total);  // expected-warning {{'send' may wait while 'mu' is held}}
  mu.unlock();
}
void rest() noexcept { sluice::sleep_for(std::chrono::seconds(1)); }
void through() noexcept {
  sluice::Lock lock(mu);
  rest();  // expected-warning {{'rest' may wait while 'mu' is held}}
}
