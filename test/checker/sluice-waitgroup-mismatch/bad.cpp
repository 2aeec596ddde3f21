// RUN: %check_all %s
// Another number is added than is done.
#include <sluice/sluice.hpp>

void work();

void too_few() {
  sluice::WaitGroup wg;
  wg.add(3);
  for (int i = 0; i < 2; ++i) {
    sluice::go([&] {
      work();
      wg.done();
    });
  }
  wg.wait();  // expected-warning {{'wg' is told of 3, and 'done' is called 2 times at most: this waits for ever}}
}
void nobody() {
  sluice::WaitGroup wg;
  wg.add();
  sluice::go([&] { work(); });
  wg.wait();  // expected-warning {{'wg' is told of 1, and nobody calls 'done': this waits for ever}}
}
void twice() {
  sluice::WaitGroup wg;
  wg.add(2);
  sluice::go([&] {
    sluice::Defer done{[&] { wg.done(); }};
    work();
  });
  sluice::go([&] {
    sluice::Defer done{[&] { wg.done(); }};
    work();
    wg.done();  // expected-warning {{'wg' is told of 2, and 'done' is called 3 times: the last one panics}}
  });
  wg.wait();
}
void by_go_and_by_hand() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.add();
    wg.go([&] { work(); });
  }
  wg.wait();  // expected-warning {{'wg' is told of 4, and nobody calls 'done'}}
}
// A pointer to const is for looking only.
class Named {
 public:
  Named() { sluice::debug::name(&workers_, "workers"); }
  void start() {
    workers_.add();
    sluice::go([] { work(); });
  }
  void stop() {
    workers_.wait();  // expected-warning {{'workers_' is told of goroutines, and nobody calls 'done': this waits for ever}}
  }

 private:
  sluice::WaitGroup workers_;
};
