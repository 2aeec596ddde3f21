// RUN: %check_all %s
// expected-no-diagnostics
#include <exception>
#include <stdexcept>

#include <sluice/sluice.hpp>

int work(int);

void deferred() {
  sluice::WaitGroup wg;
  wg.add(2);
  sluice::go([&] {
    sluice::Defer done{[&] { wg.done(); }};
    if (work(1) < 0) return;
    work(2);
  });
  sluice::go([&] {
    SLUICE_DEFER { wg.done(); };
    if (work(1) < 0) throw std::runtime_error("no work");
    work(2);
  });
  wg.wait();
}
void on_each_way() {
  sluice::WaitGroup wg;
  wg.add();
  sluice::go([&] {
    if (work(1) < 0) {
      wg.done();
      return;
    }
    work(2);
    wg.done();
  });
  wg.wait();
}
// Caught, or of a function within.
void caught() {
  sluice::WaitGroup wg;
  wg.add();
  sluice::go([&] {
    try {
      if (work(1) < 0) throw std::runtime_error("no work");
    } catch (const std::exception&) {
    }
    const auto twice = [](int x) { return 2 * work(x); };
    work(twice(1));
    wg.done();
  });
  wg.wait();
}
// Owed under a condition.
void some(bool counted) {
  sluice::WaitGroup wg;
  if (counted) wg.add();
  sluice::go([&wg, counted] {
    if (work(1) < 0 && !counted) return;
    if (counted) wg.done();
  });
  wg.wait();
}
// Not a goroutine: its caller may do the rest.
bool step(sluice::WaitGroup& wg) {
  if (work(1) < 0) return false;
  wg.done();
  return true;
}
bool uses(sluice::WaitGroup& wg) { return step(wg); }
