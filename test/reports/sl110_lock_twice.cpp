// A function locks, and calls another that locks the same: told at once, and again as the cause when all are asleep.
// RUN: %not env SLUICE_DEBUG=wait %programs/sl110_lock_twice 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::Mutex mu;
int value = 0;

[[gnu::noinline]] int get() {
  sluice::Lock guard(mu);
  return value;
}

[[gnu::noinline]] void update() {
  sluice::Lock guard(mu);
  value = get() + 1;
}

int main() {
  return sluice::run([] {
    update();
    value = 2;
  });
}
// CHECK: sluice: error[SL110]: goroutine 1 (main) locks 'mu' again while it holds it: it waits for itself for ever
// CHECK-NEXT: certainty: certain - the lock is not recursive, and its holder is the one that waits
// CHECK: sl110_lock_twice.cpp:14 update
// CHECK: ^ 'mu' is held from here
// CHECK: sl110_lock_twice.cpp:9 get
// CHECK: ^ and requested again here
// CHECK: sl110_lock_twice.cpp:15 update
// CHECK: fatal error: all goroutines are asleep - deadlock!
// CHECK: sluice: fatal[SL301]: all goroutines are asleep - deadlock (1 goroutine, 0 timers, 0 network waits)
// CHECK: root cause: main locks 'mu' again while it holds it [SL110]
// CHECK: who waits for what
// CHECK-NEXT: main lock 'mu' sl110_lock_twice.cpp:9 since
// CHECK-NEXT: needs main (above)
