// Locked by one goroutine, unlocked by another: legal, noted once, and from then on the lock takes part in no verdict.
// RUN: env SLUICE_DEBUG=check %programs/sl121_handed_over 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::Mutex busy, other;

int main() {
  return sluice::run([] {
    for (int i = 0; i < 3; ++i) {
      busy.lock();
      sluice::go([] { busy.unlock(); });
    }
    busy.lock();
    other.lock();
    other.unlock();
    sluice::WaitGroup wg;
    wg.go([] {
      sluice::Lock o(other);
      busy.unlock();
      sluice::Lock b(busy);
    });
    wg.wait();
  });
}
// CHECK: sluice: note[SL121]: 'busy' is unlocked by another goroutine than the one that locked it
// CHECK: locked by goroutine 1, unlocked by goroutine {{[0-9]+}}
// CHECK: sl121_handed_over.cpp:11
// CHECK: counts as a semaphore
// CHECK-NOT: {{(note|error)\[}}
