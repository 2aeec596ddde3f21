// RUN: %check_all %s
// A way out that passes the done() by.
#include <stdexcept>

#include <sluice/sluice.hpp>

int work(int);

void returns() {
  sluice::WaitGroup wg;
  wg.add(3);
  for (int i = 0; i < 3; ++i) {
    sluice::go([&wg, i] {
      if (work(i) < 0) return;  // expected-warning {{the goroutine ends here without 'wg.done()', which comes later; who waits for it waits for ever}}
      work(i + 1);
      wg.done();
    });
  }
  wg.wait();
}

void throws(sluice::WaitGroup& wg) {
  if (work(1) < 0) throw std::runtime_error("no work");  // expected-warning {{an exception ends the goroutine here without 'wg.done()'}}
  wg.done();
}
void starts() {
  static sluice::WaitGroup wg;
  wg.add();
  sluice::go(throws, std::ref(wg));
  wg.wait();
}
