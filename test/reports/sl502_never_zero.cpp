// One of four workers returns before its done.
// RUN: %not env SLUICE_DEBUG=check %programs/sl502_never_zero 2>&1 | %FileCheck %s
#include <cstdio>
#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    auto jobs = sluice::make_chan<int>();
    sluice::WaitGroup workers;
    for (int i = 0; i < 4; ++i) {
      workers.add(1);
      sluice::go([&] {
        std::optional<int> job = jobs.recv();
        if (!job) return;
        std::printf("job %d\n", *job);
        workers.done();
        std::fflush(stdout);
      });
    }
    for (int i = 0; i < 3; ++i) jobs.send(i);
    jobs.close();
    workers.wait();
  });
}
// CHECK: sluice: fatal[SL301]: all goroutines are asleep - deadlock (1 goroutine, 0 timers, 0 network waits)
// CHECK: root cause: WaitGroup 'workers' can never reach zero (1 of 4 still owed) [SL502]
// CHECK-NEXT: add site added done owed
// CHECK-NEXT: sl502_never_zero.cpp:11 4 3 1
// CHECK-NEXT: owed by
// CHECK-NEXT: goroutine {{[0-9]+}} started at sl502_never_zero.cpp:12, returned early at +{{.*}} s
// CHECK: waiting
// CHECK-NEXT: main wait at sl502_never_zero.cpp:22 for
// CHECK-NEXT: done by
// CHECK-NEXT: goroutines {{[0-9]+, [0-9]+, [0-9]+}} sl502_never_zero.cpp:16
// CHECK-NEXT: help: replace add/go/done with workers.go(...)
