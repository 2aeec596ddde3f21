// RUN: %check_all %s
// expected-no-diagnostics
#include <sluice/sluice.hpp>

int work(int);
void expect(bool);

struct Totals {
  sluice::Mutex mu, other;
  int sum = 0;

  void collect() {
    sluice::WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.go([this, i] {
        const int part = work(i);
        sluice::Lock inner(mu);
        sum += part;
      });
    }
    wg.wait();
    sluice::Lock lock(mu);
    sum *= 2;
  }
  void under_another() {
    sluice::Lock lock(other);
    sluice::WaitGroup wg;
    wg.go([this] {
      sluice::Lock inner(mu);
      ++sum;
    });
    wg.wait();
  }
  // A try that another function is told of, as that behind EXPECT_FALSE: what came of it is not
  // known here.
  void refused() {
    expect(!mu.try_lock());
    sluice::WaitGroup wg;
    wg.go([this] {
      sluice::Lock inner(mu);
      ++sum;
    });
    wg.wait();
  }
  // Only when nobody else holds it.
  void tries() {
    sluice::Lock lock(mu);
    sluice::WaitGroup wg;
    wg.go([this] {
      if (!mu.try_lock()) return;
      ++sum;
      mu.unlock();
    });
    wg.wait();
  }
};
void uses(Totals& totals) {
  totals.collect();
  totals.under_another();
  totals.refused();
  totals.tries();
}
