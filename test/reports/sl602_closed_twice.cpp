// Two goroutines close one channel: both places are told.
// RUN: %not env SLUICE_DEBUG=check %programs/sl602_closed_twice 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

int stops = 0;

[[gnu::noinline]] void stop(const sluice::Chan<>& done) {
  done.close();
  ++stops;
}

int main() {
  return sluice::run([] {
    auto done = sluice::make_chan();
    sluice::go([=] { stop(done); });
    done.recv();
    done.close();
  });
}
// CHECK: sluice: error[SL602]: goroutine 1 (main) closes channel 'done' a second time
// CHECK-NEXT: certainty: certain - a channel can be closed once, and the second close panics
// CHECK: sl602_closed_twice.cpp:17 main::{lambda}
// CHECK: ^ the second close
// CHECK: closed by goroutine [[W:[0-9]+]], {{.*}} s before
// CHECK-NEXT: sl602_closed_twice.cpp:8 stop
// CHECK: ^ the first close
// CHECK: panic: close of closed channel
