// RUN: %check_all %s
// expected-no-diagnostics
#include <sluice/sluice.hpp>

void work();

void before() {
  sluice::WaitGroup wg;
  wg.add();
  sluice::go([&] {
    sluice::Defer done{[&] { wg.done(); }};
    work();
  });
  wg.go([] { work(); });
  wg.wait();
}
// For those that it starts itself.
void children() {
  sluice::WaitGroup wg;
  wg.go([&] {
    wg.add(1);
    sluice::go([&] {
      work();
      wg.done();
    });
  });
  wg.wait();
}
// Counted by the group already, it may add more.
void counted() {
  sluice::WaitGroup wg;
  wg.go([&] {
    wg.add();
    work();
    wg.done();
  });
  wg.wait();
}
// A group of its own.
void own() {
  sluice::go([] {
    sluice::WaitGroup wg;
    wg.add();
    sluice::go([&] { wg.done(); });
    wg.wait();
  });
}
