// What cannot deadlock, although tools have called it so: nothing is said, and the process ends well.
// RUN: env SLUICE_DEBUG=check %programs/silent 2>&1 | %FileCheck --allow-empty %s
// CHECK-NOT: error
// CHECK-NOT: fatal
#include <shared_mutex>
#include <sluice/sluice.hpp>

sluice::Mutex a, b, gate;
sluice::RWMutex p, q;
int n = 0;

void ab() {
  sluice::Lock first(a);
  sluice::Lock second(b);
  ++n;
}
void ba() {
  sluice::Lock first(b);
  sluice::Lock second(a);
  ++n;
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    // One after the other: joined by a WaitGroup.
    wg.go(ab);
    wg.wait();
    wg.go(ba);
    wg.wait();
    // Both orders in one goroutine.
    ab();
    ba();
    // Under a common gate.
    for (auto body : {ab, ba}) {
      wg.go([body] {
        sluice::Lock guard(gate);
        body();
      });
    }
    wg.wait();
  });
}
