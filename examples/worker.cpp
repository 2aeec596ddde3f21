// The worker of the WaitGroup notes: one add for each goroutine, one done from each, and the line
// of main always last.
#include <cstdio>

#include <sluice/sluice.hpp>

void worker(int id, sluice::WaitGroup* wg) {
  sluice::Defer done{[&] { wg->done(); }};
  std::printf("Worker %d starting\n", id);
  sluice::yield();  // stands for the work
  std::printf("Worker %d done\n", id);
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;

    for (int i = 1; i <= 3; ++i) {
      wg.add(1);
      sluice::go(worker, i, &wg);
    }

    wg.wait();
    std::puts("All workers finished.");
  });
}
