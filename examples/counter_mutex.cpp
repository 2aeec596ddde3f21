// The counter of counter_race.cpp with a Mutex around the shared data: always 1000, and silent
// under ThreadSanitizer.
#include <cstdio>

#include <sluice/sluice.hpp>

int counter = 0;

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    sluice::Mutex m;

    for (int i = 0; i < 1000; ++i) {
      wg.add(1);
      sluice::go([&] {
        sluice::Defer done{[&] { wg.done(); }};

        m.lock();  // the critical section begins
        counter++;
        m.unlock();
      });
    }

    wg.wait();
    std::printf("Final counter value: %d\n", counter);
  });
}
