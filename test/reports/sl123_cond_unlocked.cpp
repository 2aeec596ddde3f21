// A wait on a condition variable with its lock not held.
// RUN: %not env SLUICE_DEBUG=check %programs/sl123_cond_unlocked 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::Mutex mu;
sluice::Cond ready;

[[gnu::noinline]] void wait_for_it() {
  { sluice::Lock guard(mu); }
  ready.wait(mu);
}

int main() {
  return sluice::run([] { wait_for_it(); });
}
// CHECK: sluice: error[SL123]: goroutine 1 (main) waits on 'ready' while it does not hold 'mu'
// CHECK-NEXT: certainty: certain - a wait frees the lock first, and nobody holds it
// CHECK: sl123_cond_unlocked.cpp:10 wait_for_it
// CHECK: fatal error: sync: unlock of unlocked mutex
