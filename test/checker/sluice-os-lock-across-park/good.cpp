// RUN: %check_all %s
// expected-no-diagnostics
#include <mutex>

#include <sluice/sluice.hpp>

std::mutex mu;
sluice::Mutex ours;
int total;

void unlocks_first(sluice::Chan<int> ch) {
  int value = 0;
  {
    std::lock_guard<std::mutex> guard(mu);
    value = total;
  }
  ch.send(value);
  std::unique_lock<std::mutex> guard(mu);
  guard.unlock();
  ch.send(value);
}
// One that goroutines may hold while they are parked.
void with_ours(sluice::Chan<int> ch) {
  sluice::Lock lock(ours);
  total += ch.recv().value_or(0);
}
// What never waits.
bool tries(sluice::Chan<int> ch) {
  std::lock_guard<std::mutex> guard(mu);
  if (ours.try_lock()) ours.unlock();
  return ch.try_send(total);
}
// Another goroutine parks, not this one.
void starts(sluice::Chan<int> ch) {
  std::lock_guard<std::mutex> guard(mu);
  sluice::go([=] { ch.send(1); });
}
// A condition variable lets it go while it waits.
sluice::Cond changed;
bool ready_now;
void waits_for_a_change() {
  std::unique_lock<std::mutex> guard(mu);
  while (!ready_now) changed.wait(guard);
}
