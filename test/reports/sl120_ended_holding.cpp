// An early return leaves a lock behind, and everybody else waits for it.
// RUN: %not env SLUICE_DEBUG=check %programs/sl120_ended_holding 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

struct Config {
  sluice::Mutex mu;
  int version = 0;
} cfg;

[[gnu::noinline]] void reload(bool valid) {
  cfg.mu.lock();
  if (!valid) {
    cfg.version = -1;
    return;
  }
  ++cfg.version;
  cfg.mu.unlock();
}

[[gnu::noinline]] void run_worker() {
  sluice::Lock guard(cfg.mu);
  ++cfg.version;
}

int main() {
  return sluice::run([] {
    sluice::go(reload, false);
    while (sluice::num_goroutines() > 1) sluice::yield();
    sluice::WaitGroup workers;
    for (int i = 0; i < 2; ++i) workers.go([] { run_worker(); });
    workers.wait();
  });
}
// CHECK: sluice: error[SL120]: goroutine [[R:[0-9]+]] ended while holding 'cfg.mu'
// CHECK-NEXT: certainty: certain
// CHECK: sl120_ended_holding.cpp:11 reload
// CHECK-NEXT: 11 | cfg.mu.lock();
// CHECK-NEXT: ^ 'cfg.mu' is held from here
// CHECK: goroutine [[R]] ended at +{{.*}} s; last runtime call lock 'cfg.mu' sl120_ended_holding.cpp:11
// CHECK-NEXT: goroutine [[R]] started at sl120_ended_holding.cpp:27 main::{lambda}
// CHECK: fatal error: all goroutines are asleep - deadlock!
// CHECK: sluice: fatal[SL301]: all goroutines are asleep - deadlock (3 goroutines, 0 timers, 0 network waits)
// CHECK-NEXT: certainty: certain - only runtime threads exist and none can wake a goroutine
// CHECK-EMPTY:
// CHECK-NEXT: root cause: goroutine [[R]] exited at +{{.*}} s while holding 'cfg.mu'; nobody can unlock it [SL120]
// CHECK-NEXT: sl120_ended_holding.cpp:11 reload
// CHECK: who waits for what
// CHECK-NEXT: main wg.wait 'workers' (2 of 2 still owed) sl120_ended_holding.cpp:31 since
// CHECK-NEXT: needs goroutine [[X:[0-9]+]] lock 'cfg.mu' sl120_ended_holding.cpp:21 since
// CHECK-NEXT: 'cfg.mu' is owned by goroutine [[R]] (exited)
// CHECK-NEXT: needs goroutine [[Y:[0-9]+]] lock 'cfg.mu'
// CHECK: stacks
// CHECK: goroutine {{[0-9]+, [0-9]+}} (x2) [lock 'cfg.mu', {{.*}} s] started at sl120_ended_holding.cpp:30
// CHECK-NEXT: sl120_ended_holding.cpp:21 run_worker
// CHECK-NEXT: 21 | sluice::Lock guard(cfg.mu);
