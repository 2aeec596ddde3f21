// A worker sends on an unbuffered channel that main would read after it has waited for the worker.
// RUN: %not env SLUICE_DEBUG=check %programs/sl301_channel 2>&1 | %FileCheck %s
#include <cstdio>
#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    auto results = sluice::make_chan<int>();
    sluice::WaitGroup workers;
    for (int i = 0; i < 2; ++i) {
      workers.go([=] {
        results.send(i * i);
        std::puts("sent");
      });
    }
    workers.wait();
    for (int i = 0; i < 2; ++i) std::printf("%d\n", *results.recv());
  });
}
// CHECK: fatal error: all goroutines are asleep - deadlock!
// CHECK: sluice: fatal[SL301]: all goroutines are asleep - deadlock (3 goroutines, 0 timers, 0 network waits)
// CHECK: root cause: goroutine {{[0-9]+}} waits to send on 'results', and nobody is left to receive from it
// CHECK: sl301_channel.cpp:12 main::{lambda}::{lambda}
// CHECK: who waits for what
// CHECK-NEXT: main wg.wait 'workers' (2 of 2 still owed) sl301_channel.cpp:16 since
// CHECK-NEXT: needs goroutine [[A:[0-9]+]] send 'results' (unbuffered) sl301_channel.cpp:12 since
// CHECK-NEXT: needs goroutine [[B:[0-9]+]] send 'results' (unbuffered)
// CHECK: stacks
// CHECK: (x2) [send 'results' (unbuffered), {{.*}} s] started at sl301_channel.cpp:11
