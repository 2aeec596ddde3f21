// RUN: %check_all %s
// expected-no-diagnostics
#include <pthread.h>

#include <condition_variable>
#include <mutex>

#include <sluice/sluice.hpp>

std::mutex mu;
std::condition_variable cv;
sluice::Mutex ours;
sluice::Cond cond;
bool ready;

void in_a_loop() {
  std::unique_lock<std::mutex> lock(mu);
  while (!ready) cv.wait(lock);
  do {
    cv.wait(lock);
  } while (!ready);
  for (; !ready;) cv.wait(lock);
}
void with_the_condition() {
  std::unique_lock<std::mutex> lock(mu);
  cv.wait(lock, [] { return ready; });
  sluice::Lock held(ours);
  cond.wait(ours, [] { return ready; });
}
// Whoever calls it has the lock, and asks.
void wrapper(std::unique_lock<std::mutex>& lock) { cv.wait(lock); }
struct Condition {
  void wait(pthread_mutex_t* lock) { pthread_cond_wait(&cond_, lock); }
  pthread_cond_t cond_;
};
struct Adopting {
  void wait(std::mutex& taken) {
    std::unique_lock<std::mutex> lock(taken, std::adopt_lock);
    cv.wait(lock);
    lock.release();
  }
};
void by_goto() {
  std::unique_lock<std::mutex> lock(mu);
again:
  if (!ready) {
    cv.wait(lock);
    goto again;
  }
}
