// The worker with a done channel: an unbuffered channel synchronises main with the worker's end.
// Go's original works for 2 s; the time is not the point, so here it is 20 ms.
#include <chrono>
#include <cstdio>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

void worker(sluice::SendChan<bool> done) {
  std::puts("Working...");
  sluice::sleep_for(20ms);
  std::puts("Done!");
  done.send(true);  // signals completion
}

int main() {
  return sluice::run([] {
    auto done = sluice::make_chan<bool>();  // unbuffered
    sluice::go(worker, done);

    done.recv();  // waits for the worker to finish
    std::puts("Worker finished, exiting main.");
  });
}
