// Timers that wake nobody, as nobody can receive what they send, do not keep a deadlock from being seen.
// RUN: %not env SLUICE_DEBUG=check %programs/sl301_timers 2>&1 | %FileCheck %s
// RUN: %not %programs/sl301_timers 2>&1 | %FileCheck --check-prefix=PLAIN %s
#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

[[gnu::noinline]] void wait_for_orders(const sluice::Chan<int>& orders) { orders.recv(); }

int main() {
  return sluice::run([] {
    auto orders = sluice::make_chan<int>(1);
    sluice::Ticker every_hour(1h);            // runs, and nobody listens
    sluice::Timer late(1h);                   // so does this
    auto later = sluice::after(1h);           // pending, the handle still here
    sluice::after(1h);                        // pending, the handle gone
    sluice::AfterFunc never(1h, [orders] { orders.close(); });
    never.stop();
    orders.send(1);
    sluice::select(sluice::on_recv(orders), sluice::on_recv(sluice::after(1h)),
                   sluice::on_recv(every_hour.ticks()));  // left by the first
    wait_for_orders(orders);
  });
}
// CHECK: sluice: fatal[SL301]: all goroutines are asleep - deadlock (1 goroutine, 0 timers, 0 network waits)
// CHECK: root cause: main waits to receive from 'orders'
// PLAIN: fatal error: all goroutines are asleep - deadlock!
