// Mistake: a send on a closed channel. Main closes the results while a worker is still at work, and
// the worker's send panics. Nobody catches the Panic, so the program ends with exit status 2.
// Mended: who sends closes; with several senders, a goroutine that has waited for them all.
#include <chrono>
#include <cstdio>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

void worker(sluice::SendChan<int> results) {
  sluice::sleep_for(20ms);
  results.send(42);
}

int main() {
  return sluice::run([] {
    auto results = sluice::make_chan<int>();
    sluice::WaitGroup wg;
    wg.add();
    sluice::go({.name = "worker"}, [&] {
      sluice::Defer done{[&] { wg.done(); }};
      worker(results);
    });
    results.close();  // too early
    wg.wait();
  });
}
