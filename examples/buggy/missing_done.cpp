// Mistake: a missing done. A worker that gets a job it can't do returns early and skips its done(),
// so the count never reaches zero and main waits for ever.
// Mended: `sluice::Defer done{[&] { wg->done(); }};` as the worker's first line.
#include <cstdio>
#include <string>

#include <sluice/sluice.hpp>

void worker(int job, sluice::WaitGroup* wg) {
  if (job % 2 == 0) return;  // done() is below, and not reached
  std::printf("job %d done\n", job);
  wg->done();
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup workers;
    sluice::debug::name(&workers, "workers");
    for (int job = 1; job <= 3; ++job) {
      workers.add(1);
      sluice::go({.name = "worker " + std::to_string(job)}, worker, job, &workers);
    }
    workers.wait();
    std::puts("All workers finished.");
  });
}
