// A notification that nobody was there to hear: a note for those who ask, and evidence when somebody waits for it.
// RUN: %not env SLUICE_DEBUG=check,verbose %programs/sl130_notify_nobody 2>&1 | %FileCheck %s
// RUN: %not env SLUICE_DEBUG=check %programs/sl130_notify_nobody 2>&1 | %FileCheck --check-prefix=PLAIN %s
#include <sluice/sluice.hpp>

sluice::Mutex mu;
sluice::Cond ready;

[[gnu::noinline]] int announce() {
  ready.notify_one();
  return 1;
}

int main() {
  return sluice::run([] {
    announce();
    sluice::Lock guard(mu);
    ready.wait(mu);  // without a look at what is waited for
  });
}
// CHECK: sluice: note[SL130]: goroutine 1 (main) notifies 'ready', and nobody waits
// CHECK: sl130_notify_nobody.cpp:10 announce
// CHECK: sluice: fatal[SL301]
// PLAIN-NOT: SL130
// PLAIN: sluice: fatal[SL301]
// PLAIN: root cause: main waits on 'ready', and nobody is left to notify it
// PLAIN: 'ready' was notified once before, when nobody waited
// PLAIN: sl130_notify_nobody.cpp:10 announce
