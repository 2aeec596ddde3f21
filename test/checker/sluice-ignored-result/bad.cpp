// RUN: %check_all %s
// What was asked is not looked at.
#include <chrono>
#include <mutex>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
std::timed_mutex timed;
int total;

void tries() {
  mu.try_lock();  // expected-warning {{whether this locked 'mu' is not looked at}}
  total++;
  mu.unlock();
}
void with_a_limit() {
  timed.try_lock_for(std::chrono::seconds(1));  // expected-warning {{whether this locked 'timed' is not looked at}}
  total++;
  timed.unlock();
}

void context(const sluice::Context& parent) {
  auto ctx = sluice::with_cancel(parent).ctx;  // expected-warning {{what ends this context is a temporary, which ends it at once}}
  ctx.done().recv();
  sluice::with_timeout(parent, std::chrono::seconds(1));  // expected-warning {{what ends this context is a temporary}}
}
