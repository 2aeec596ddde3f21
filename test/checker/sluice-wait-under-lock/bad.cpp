// RUN: %check_all %s
// Waits for those who wait for it.
#include <sluice/sluice.hpp>

int work(int);

struct Totals {
  sluice::Mutex mu;
  int sum = 0;

  void collect() {
    sluice::Lock lock(mu);
    sluice::WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.go([this, i] {
        const int part = work(i);
        sluice::Lock inner(mu);
        sum += part;
      });
    }
    wg.wait();  // expected-warning {{this waits, with 'mu' held, for a goroutine that locks 'mu' itself: neither goes on; unlock before the wait}}
  }
};
void uses(Totals& totals) { totals.collect(); }

void local() {
  sluice::Mutex mu;
  sluice::WaitGroup wg;
  int sum = 0;
  mu.lock();
  wg.add();
  sluice::go([&] {
    mu.lock();
    ++sum;
    mu.unlock();
    wg.done();
  });
  wg.wait();  // expected-warning {{this waits, with 'mu' held}}
  mu.unlock();
}
