// `m.Lock(); defer m.Unlock()`: the unlock stands beside the lock and runs on every way out, by
// return or by exception. In C++ a `sluice::Lock` (or `std::lock_guard`) says the same in one line;
// both are here, and an early return and an exception go through each.
#include <cstdio>
#include <stdexcept>

#include <sluice/sluice.hpp>

sluice::Mutex m;
int counter = 0;

bool increment(int limit) {
  m.lock();
  sluice::Defer unlock{[&] { m.unlock(); }};

  if (counter >= limit) return false;  // unlocked here too
  counter++;
  return true;  // no need to unlock: Defer does
}

void increment_or_throw(int limit) {
  sluice::Lock lock(m);
  if (counter >= limit) throw std::length_error("counter is at its limit");  // and here
  counter++;
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    for (int i = 0; i < 500; ++i) wg.go([] { increment(800); });
    for (int i = 0; i < 500; ++i) {
      wg.go([] {
        try {
          increment_or_throw(800);
        } catch (const std::length_error&) {
          // 200 of all the attempts end here or return false.
        }
      });
    }
    wg.wait();
    sluice::Lock lock(m);  // would wait for ever, had one of them left without unlocking
    std::printf("counter: %d\n", counter);
  });
}
