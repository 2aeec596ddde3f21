// RUN: %check_all %s
// Asked once, and not again after the wait.
#include <condition_variable>
#include <mutex>

#include <sluice/sluice.hpp>

std::mutex mu;
std::condition_variable cv;
sluice::Mutex ours;
sluice::Cond cond;
bool ready;

void once() {
  std::unique_lock<std::mutex> lock(mu);
  if (!ready) cv.wait(lock);  // expected-warning {{this may return though nobody has notified}}
}
void never() {
  sluice::Lock lock(ours);
  cond.wait(ours);  // expected-warning {{or give the condition to 'wait'}}
}
