// A worker adds more work after its own done, while main's wait is under way: main may return before that or after it.
// RUN: env SLUICE_DEBUG=wait SLUICE_WORKERS=1 %programs/sl505_add_under_waiter 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

[[gnu::noinline]] void work(sluice::WaitGroup& wg) {
  wg.done();
  wg.add(1);  // too late
  wg.done();
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.add(1);
    sluice::go([&] { work(wg); });
    wg.wait();
  });
}
// CHECK: sluice: error[SL505]: add to 'wg' from zero while main waits for it
// CHECK-NEXT: certainty: certain
// CHECK: sl505_add_under_waiter.cpp:7 work
// CHECK: sl505_add_under_waiter.cpp:16 main::{lambda}
// UNSUPPORTED: asan
