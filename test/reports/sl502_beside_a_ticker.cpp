// The same while another goroutine lives on timers: not all are asleep, and Go would say nothing.
// RUN: env SLUICE_DEBUG=check %programs/sl502_beside_a_ticker 2>&1 | %FileCheck %s
#include <atomic>
#include <sluice/sluice.hpp>

std::atomic<bool> told{false};

int main() {
  sluice::debug::set_report_handler([](const sluice::debug::Report& report) { if (report.code == "SL502") told = true; });
  return sluice::run([] {
    sluice::WaitGroup workers;
    std::atomic<int> finished{0};
    for (int i = 0; i < 3; ++i) {
      workers.add(1);
      sluice::go([&, i] {
        while (finished < i) sluice::yield();
        ++finished;
        if (i == 2) return;
        workers.done();
        sluice::yield();
      });
    }
    sluice::go([&] { workers.wait(); });
    while (!told) sluice::sleep_for(std::chrono::milliseconds(1));
  });
}
// CHECK: sluice: error[SL502]: WaitGroup 'workers' can never reach zero (1 of {{[1-3]}} still owed)
// CHECK-NEXT: certainty: likely - the goroutine that owes Done has exited, and others like it have called done themselves
// CHECK: owed by
// CHECK-NEXT: goroutine {{[0-9]+}} started at sl502_beside_a_ticker.cpp:15, returned early at +{{.*}} s
// CHECK: error[SL{{202|401}}]: 1 goroutine is
// CHECK-NOT: SL999
// UNSUPPORTED: asan, tsan
