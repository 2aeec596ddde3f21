// The same while another goroutine lives on timers: not all are asleep, and Go would say nothing.
// RUN: env SLUICE_DEBUG=check %programs/sl502_beside_a_ticker 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    sluice::WaitGroup workers;
    auto waited = sluice::make_chan();
    for (int i = 0; i < 3; ++i) {
      workers.add(1);
      sluice::go([&, i] {
        sluice::sleep_for(std::chrono::milliseconds(10 * (i + 1)));
        if (i == 2) return;
        workers.done();
        sluice::yield();
      });
    }
    sluice::go([&] {
      workers.wait();
      waited.close();
    });
    sluice::select(sluice::on_recv(waited), sluice::on_recv(sluice::after(std::chrono::milliseconds(200))));
  });
}
// CHECK: sluice: error[SL502]: WaitGroup 'workers' can never reach zero (1 of 3 still owed)
// CHECK-NEXT: certainty: likely - the goroutine that owes Done has exited, and others like it have called done themselves
// CHECK: owed by
// CHECK-NEXT: goroutine {{[0-9]+}} started at sl502_beside_a_ticker.cpp:11, returned early at +{{.*}} s
// CHECK: error[SL401]: 1 goroutine is still alive
// CHECK-NOT: SL999
