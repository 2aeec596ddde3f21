// The real thing: each of two goroutines holds what the other waits for. Main runs on, so not all are asleep.
// RUN: env SLUICE_DEBUG=check %programs/sl201_deadlock 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::Mutex left, right;
int shared_value = 0;

[[gnu::noinline]] void take(sluice::Mutex& first, sluice::Mutex& second, sluice::WaitGroup& both) {
  sluice::Lock a(first);
  both.done();
  both.wait();  // until the other has its first lock too
  sluice::Lock b(second);
  ++shared_value;
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup both;
    both.add(2);
    sluice::go([&] { take(left, right, both); });
    sluice::go([&] { take(right, left, both); });
    while (sluice::debug::check_leaks() < 2) sluice::yield();
  });
}
// CHECK: sluice: error[SL101]
// CHECK: sluice: error[SL201]: deadlock: goroutine [[A:[0-9]+]] and goroutine [[B:[0-9]+]] wait for each other for ever
// CHECK-NEXT: certainty: certain - each waits for a lock that the next one holds, and only its holder can free it
// CHECK-EMPTY:
// CHECK-NEXT: goroutine [[A]] waits for '[[L:left|right]]', which goroutine [[B]] holds
// CHECK-NEXT: goroutine [[B]] waits for '[[M:left|right]]', which goroutine [[A]] holds
// CHECK: goroutine [[A]] [lock '[[L]]']
// CHECK-NEXT: sl201_deadlock.cpp:9 take
// CHECK: ^ '[[M]]' is held from here
// CHECK: sl201_deadlock.cpp:12 take
// CHECK: ^ waits here
// CHECK-NOT: withdrawn
// Main's own question may be answered before the circle is told, or after it.
// RUN: env SLUICE_DEBUG=check %programs/sl201_deadlock 2>&1 | %FileCheck --check-prefix=ASKED %s
// ASKED: sluice: error[SL202]: 2 goroutines are blocked forever (the rest of the program runs on)
