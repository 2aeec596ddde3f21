// main returns while goroutines still wait for somebody to take what they send.
// RUN: env SLUICE_DEBUG=check %programs/sl401_left_alive 2>&1 | %FileCheck %s
// RUN: env SLUICE_DEBUG=wait %programs/sl401_left_alive 2>&1 | %FileCheck --allow-empty --check-prefix=WAIT %s
#include <sluice/sluice.hpp>

sluice::Chan<int> out;  // anybody could still take what they send

int main() {
  return sluice::run([] {
    out = sluice::make_chan<int>();
    for (int i = 0; i < 3; ++i) {
      sluice::go([=] {
        out.send(i);
        sluice::yield();
      });
    }
    out.recv();
  });
}
// CHECK: sluice: error[SL401]: 2 goroutines are still alive though main has returned
// CHECK-NEXT: certainty: certain
// CHECK: goroutine {{[0-9]+}}, {{[0-9]+}} (x2) send 'out' (unbuffered), for {{.*}} s
// CHECK-NEXT: sl401_left_alive.cpp:13 main::{lambda}::{lambda}
// CHECK-NEXT: 13 | out.send(i);
// CHECK: started at sl401_left_alive.cpp:12 main::{lambda}
// CHECK: help: wait for them before main returns
// WAIT-NOT: SL401
