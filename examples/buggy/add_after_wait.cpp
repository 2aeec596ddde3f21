// Mistake: add after wait. The workers count a job when they get it, but main has waited before any
// job came: the count was zero, wait returned at once, and main ends with all the work undone.
// Mended: the sender calls add() before it sends, and main waits after that.
#include <chrono>
#include <cstdio>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

sluice::WaitGroup jobs_under_way;

void worker(sluice::RecvChan<int> jobs) {
  for (int job : jobs) {
    jobs_under_way.add();  // too late: whoever waits has gone
    sluice::Defer done{[] { jobs_under_way.done(); }};
    std::printf("job %d done\n", job);
  }
}

void sender(sluice::SendChan<int> jobs) {
  sluice::sleep_for(2s);  // the work comes a little later
  for (int job = 1; job <= 4; ++job) jobs.send(job);
  jobs.close();
}

int main() {
  return sluice::run([] {
    auto jobs = sluice::make_chan<int>();
    sluice::go({.name = "worker 1"}, worker, jobs);
    sluice::go({.name = "worker 2"}, worker, jobs);
    sluice::go({.name = "sender"}, sender, jobs);
    jobs_under_way.wait();
    std::puts("All jobs are done.");  // not one is
  });
}
