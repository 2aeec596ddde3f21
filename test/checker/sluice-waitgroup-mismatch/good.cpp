// RUN: %check_all %s
// expected-no-diagnostics
#include <functional>
#include <vector>

#include <sluice/sluice.hpp>

void work();
bool asked();
void worker(sluice::WaitGroup& wg);

void as_many() {
  sluice::WaitGroup wg;
  wg.add(3);
  for (int i = 0; i < 3; ++i) {
    sluice::go([&] {
      sluice::Defer done{[&] { wg.done(); }};
      work();
    });
  }
  wg.wait();
}
void each_its_own(const std::vector<int>& all) {
  sluice::WaitGroup wg;
  for (int each : all) {
    wg.add();
    sluice::go([&, each] {
      if (each > 0) work();
      wg.done();
    });
  }
  wg.wait();
}
void of_a_number(int n) {
  sluice::WaitGroup wg;
  wg.add(n);
  for (int i = 0; i < n; ++i) sluice::go([&] { wg.done(); });
  wg.wait();
}
void given_away() {
  sluice::WaitGroup wg;
  wg.add(2);
  sluice::go(worker, std::ref(wg));
  sluice::go([&] { worker(wg); });
  wg.wait();
}
void under_a_condition() {
  sluice::WaitGroup wg;
  wg.add();
  if (asked()) {
    wg.add();
    sluice::go([&] { wg.done(); });
  }
  sluice::go([&] { wg.done(); });
  wg.wait();
}
void by_name() {
  sluice::WaitGroup wg;
  const auto run = [&] { wg.done(); };
  wg.add(2);
  sluice::go(run);
  sluice::go(run);
  wg.wait();
}
void in_rounds() {
  sluice::WaitGroup wg;
  for (int round = 0; round < 3; ++round) {
    wg.add(2);
    sluice::go([&] { wg.done(); });
    sluice::go([&] { wg.done(); });
    wg.wait();
  }
}
void leaves_early() {
  sluice::WaitGroup wg;
  wg.add(2);
  sluice::go([&] {
    sluice::Defer done{[&] { wg.done(); }};
    if (asked()) return;
    work();
  });
  if (asked()) wg.done();
  else sluice::go([&] { wg.done(); });
  wg.wait();
}
void over_an_array() {
  sluice::WaitGroup wg;
  const int parts[] = {1, 2, 3};
  wg.add(3);
  for (int part : parts) {
    sluice::go([&, part] {
      if (part > 1) work();
      wg.done();
    });
  }
  wg.wait();
}
void hand_over(sluice::WaitGroup* group);
class Lent {
 public:
  Lent() { sluice::debug::name(&workers_, "workers"); }
  void start() {
    workers_.add();
    hand_over(&workers_);
  }
  void stop() { workers_.wait(); }

 private:
  sluice::WaitGroup workers_;
};
