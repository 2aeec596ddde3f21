// The race condition: 1000 goroutines increment a counter and nothing guards it. Reading, adding
// and writing are three steps, so increments get lost. In C++ it is worse than a wrong number: a
// data race is undefined behaviour. ThreadSanitizer reports it; counter_mutex.cpp is correct.
#include <cstdio>

#include <sluice/sluice.hpp>

int counter = 0;

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    for (int i = 0; i < 1000; ++i) {
      wg.add(1);
      sluice::go([&] {
        sluice::Defer done{[&] { wg.done(); }};
        counter++;  // the race
      });
    }
    wg.wait();
    std::printf("Final counter value: %d\n", counter);  // 1000 with luck
  });
}
