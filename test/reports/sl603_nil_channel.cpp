// A channel that was declared and never made: who waits on it waits for ever, and is told of at once.
// RUN: env SLUICE_DEBUG=check %programs/sl603_nil_channel 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

struct Service {
  sluice::Chan<int> requests;
};

[[gnu::noinline]] void serve(const Service& service) { service.requests.recv(); }

int main() {
  return sluice::run([] {
    static Service service;
    sluice::go([] { serve(service); });
    sluice::sleep_for(std::chrono::milliseconds(20));
  });
}
// CHECK: sluice: error[SL603]: goroutine [[W:[0-9]+]] receives from a nil channel: it waits for ever
// CHECK-NEXT: certainty: certain - a Chan that was not made by make_chan refers to no channel
// CHECK: sl603_nil_channel.cpp:9 serve
// CHECK: ^ waits here
// CHECK: goroutine [[W]] started at sl603_nil_channel.cpp:14 main::{lambda}
