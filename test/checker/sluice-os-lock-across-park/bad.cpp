// RUN: %check_all %s
// The goroutine may go on on another thread than the one that locked.
#include <chrono>
#include <mutex>
#include <shared_mutex>

#include <sluice/sluice.hpp>

std::mutex mu;
std::shared_mutex shared;
int total;

void receives(sluice::Chan<int> ch) {
  std::lock_guard<std::mutex> guard(mu);
  total += ch.recv().value_or(0);  // expected-warning {{'recv' may park the goroutine while 'mu' is held, a std::mutex: it may go on on another thread; use 'sluice::Mutex', or unlock first}}
}
void by_hand(sluice::Chan<int> ch) {
  mu.lock();
  ch.send(total);  // expected-warning {{'send' may park the goroutine while 'mu' is held}}
  mu.unlock();
}
void sleeps() {
  std::shared_lock<std::shared_mutex> reader(shared);
  sluice::sleep_for(std::chrono::seconds(1));  // expected-warning {{'sleep_for' may park the goroutine while 'shared' is held, a std::shared_mutex}}
}
int all_of(sluice::Chan<int> ch) {
  int sum = 0;
  while (auto value = ch.recv()) sum += *value;
  return sum;
}
void through(sluice::Chan<int> ch) {
  std::unique_lock<std::mutex> guard(mu);
  total = all_of(ch);  // expected-warning {{'all_of' may park the goroutine while 'mu' is held}}
}
sluice::Mutex ours;
void waits_for_a_lock() {
  std::lock_guard<std::mutex> guard(mu);
  ours.lock();  // expected-warning {{'lock' may park the goroutine while 'mu' is held}}
  total++;
  ours.unlock();
}
