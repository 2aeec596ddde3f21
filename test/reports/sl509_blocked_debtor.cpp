// The group's goroutine needs a lock that whoever waits for the group holds.
// RUN: %not env SLUICE_DEBUG=check %programs/sl509_blocked_debtor 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::Mutex table;
int rows = 0;

[[gnu::noinline]] void load() {
  sluice::Lock guard(table);
  ++rows;
}

[[gnu::noinline]] void load_all(sluice::WaitGroup& loaders) {
  sluice::Lock guard(table);
  loaders.go(load);
  loaders.wait();
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup loaders;
    load_all(loaders);
  });
}
// CHECK: sluice: fatal[SL301]: all goroutines are asleep - deadlock (2 goroutines, 0 timers, 0 network waits)
// CHECK: root cause: main and goroutine [[L:[0-9]+]] wait for each other [SL509]
// CHECK-NEXT: main waits for 'loaders', to which goroutine [[L]] owes a done
// CHECK-NEXT: goroutine [[L]] waits for 'table', which main holds
// CHECK-NEXT: sl509_blocked_debtor.cpp:14 load_all
// CHECK: 'table' is held from here
