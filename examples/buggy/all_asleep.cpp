// Mistake: all goroutines asleep. Main receives results until their channel is closed, and nobody
// closes it: the workers have ended, and main waits for a value that nobody is left to send.
// Mended: a goroutine that waits for the workers and closes the channel (worker_pool.cpp).
#include <cstdio>

#include <sluice/sluice.hpp>

int collect(sluice::RecvChan<int> results) {
  int total = 0;
  for (int result : results) total += result;  // there are only three
  return total;
}

int main() {
  return sluice::run([] {
    auto results = sluice::make_chan<int>();
    sluice::WaitGroup report;
    sluice::debug::name(&report, "report");
    for (int id = 1; id <= 3; ++id) sluice::go({.name = "worker"}, [=] { results.send(id * id); });
    report.add();
    sluice::go({.name = "collector"}, [&] {
      sluice::Defer done{[&] { report.done(); }};
      std::printf("total: %d\n", collect(results));
    });
    report.wait();
  });
}
