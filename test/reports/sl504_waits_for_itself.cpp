// A goroutine that a group counts waits for that group.
// RUN: %not env SLUICE_DEBUG=wait %programs/sl504_waits_for_itself 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

[[gnu::noinline]] int finish(sluice::WaitGroup& wg) {
  wg.wait();
  return 0;
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.go([&] { finish(wg); });
    wg.wait();
  });
}
// CHECK: sluice: error[SL504]: goroutine [[W:[0-9]+]] waits for 'wg', to which it owes a done itself
// CHECK-NEXT: certainty: certain - it was started by go() of the group, which counts it until it has ended
// CHECK: sl504_waits_for_itself.cpp:6 finish
// CHECK: ^ waits here
// CHECK: sl504_waits_for_itself.cpp:13
// CHECK: sluice: fatal[SL301]
// UNSUPPORTED: asan
