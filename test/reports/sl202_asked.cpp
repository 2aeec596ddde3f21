// A consumer whose channel was never made; the program itself asks for goroutines that are lost.
// RUN: env SLUICE_DEBUG=check %programs/sl202_asked 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

struct Consumer {
  sluice::Chan<int> orders;  // whoever made it forgot this one
  int served = 0;
} consumer;

[[gnu::noinline]] void serve() {
  while (consumer.orders.recv()) ++consumer.served;
}

int main() {
  return sluice::run([] {
    sluice::go({.name = "consumer"}, serve);
    while (sluice::debug::check_leaks() == 0) sluice::yield();
  });
}
// CHECK: sluice: error[SL202]: 1 goroutine is blocked forever
// CHECK-NEXT: certainty: certain
// CHECK: goroutine {{[0-9]+}} "consumer"
// CHECK: sl202_asked.cpp:11 serve
