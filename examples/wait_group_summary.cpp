// The quick summary of WaitGroup: add before `go`, done when the goroutine ends however it ends,
// wait where the result is needed.
#include <cstdio>

#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.add(1);
    sluice::go([&] {
      sluice::Defer done{[&] { wg.done(); }};
      std::puts("task");
    });
    wg.wait();
    std::puts("task finished");
  });
}
