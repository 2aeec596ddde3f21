// A send on a closed channel that nobody catches: who sent, and who had closed it where.
// RUN: %not env SLUICE_DEBUG=check %programs/sl601_send_on_closed 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

int sent = 0, given_up = 0;

[[gnu::noinline]] void produce(const sluice::SendChan<int>& results) {
  results.send(42);
  ++sent;
}

[[gnu::noinline]] void give_up(const sluice::Chan<int>& results) {
  results.close();
  ++given_up;
}

int main() {
  return sluice::run([] {
    auto results = sluice::make_chan<int>();
    give_up(results);
    try {
      produce(results);  // caught, so it is meant
    } catch (const sluice::Panic&) {
    }
    sluice::go([=] { produce(results); });
    sluice::make_chan().recv();
  });
}
// CHECK: sluice: error[SL601]: goroutine [[W:[0-9]+]] sends on channel 'results', which is closed
// CHECK-NEXT: certainty: certain - the send came after the close, and panics
// CHECK: sl601_send_on_closed.cpp:8 produce
// CHECK: ^ goroutine [[W]] sends here
// CHECK: closed by goroutine 1 (main), {{.*}} s before
// CHECK-NEXT: sl601_send_on_closed.cpp:13 give_up
// CHECK: ^ closed here
// CHECK: objects: results = Chan#{{[0-9]+}} created sl601_send_on_closed.cpp:19
// CHECK: panic: send on closed channel
