// A done too many.
// RUN: %not env SLUICE_DEBUG=wait %programs/sl501_negative 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    sluice::WaitGroup workers;
    workers.add(1);
    workers.done();
    workers.done();
  });
}
// CHECK: sluice: error[SL501]: WaitGroup 'workers' counter would become -1
// CHECK-NEXT: extra done() sl501_negative.cpp:10 goroutine 1 (main)
// CHECK: main already did done() at sl501_negative.cpp:9 (+{{.*}} s)
// CHECK: totals: add 1 (sl501_negative.cpp:8) done 2 (sl501_negative.cpp:9 x1, sl501_negative.cpp:10 x1)
// CHECK: panic: sync: negative WaitGroup counter
// UNSUPPORTED: asan
