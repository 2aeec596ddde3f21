// Workers and main with a WaitGroup, the corrected form of say_hello_problem.cpp: main counts three
// workers before it starts them and waits until the count is zero again.
// Go's original works for 1 s each; here it is 20 ms.
#include <chrono>
#include <cstdio>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

void worker(int id, sluice::WaitGroup* wg) {
  sluice::Defer done{[&] { wg->done(); }};  // called however the function ends

  std::printf("Worker %d starting\n", id);
  sluice::sleep_for(20ms);  // some work
  std::printf("Worker %d finished\n", id);
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;

    for (int i = 1; i <= 3; ++i) {
      wg.add(1);  // before the goroutine is started, not in it
      sluice::go(worker, i, &wg);
    }

    std::puts("Main: Waiting for workers to finish...");
    wg.wait();
    std::puts("Main: All workers have finished.");
  });
}
