// Two goroutines take two locks in opposite orders. They miss each other here; the report comes all the same.
// RUN: env SLUICE_DEBUG=check %programs/sl101_lock_order 2>&1 | %FileCheck %s
#include <atomic>
#include <sluice/sluice.hpp>

struct Bank {
  sluice::Mutex accounts;
  long balance = 100;
} bank;
sluice::Mutex audit;
long audited = 0;

[[gnu::noinline]] void log_transfer(long amount) {
  sluice::Lock entry(audit);
  audited += amount;
}

[[gnu::noinline]] void transfer(long amount) {
  sluice::Lock guard(bank.accounts);
  bank.balance -= amount;
  log_transfer(amount);
  bank.balance += 0;
}

[[gnu::noinline]] void scan() {
  sluice::Lock guard(audit);
  sluice::Lock other(bank.accounts);
  audited = bank.balance;
}

int main() {
  return sluice::run([] {
    std::atomic<bool> transferred{false};
    sluice::WaitGroup both;
    both.add(2);
    sluice::go({.name = "transfer"}, [&] {
      for (int i = 0; i < 3; ++i) transfer(i);
      transferred = true;
      both.done();
    });
    while (!transferred) sluice::yield();
    sluice::go({.name = "auditor"}, [&] {
      scan();
      both.done();
    });
    both.wait();
  });
}
// CHECK: sluice: error[SL101]: lock-order inversion between 'bank.accounts' and 'audit' (potential deadlock)
// CHECK-NEXT: certainty: feasible - different goroutines, no common lock held, not ordered by spawn/join/wait
// CHECK-EMPTY:
// CHECK-NEXT: goroutine [[A:[0-9]+]] "transfer" goroutine [[B:[0-9]+]] "auditor"
// CHECK-NEXT: ------------------------- -------------------------
// CHECK-NEXT: 1 lock bank.accounts sl101_lock_order.cpp:19
// CHECK-NEXT: 2 lock audit sl101_lock_order.cpp:26
// CHECK-NEXT: 3 lock audit sl101_lock_order.cpp:14 waits
// CHECK-NEXT: 4 lock bank.accounts sl101_lock_order.cpp:27 waits
// CHECK-NEXT: *** each waits for the other ***
// CHECK-EMPTY:
// CHECK-NEXT: order 1: bank.accounts, then audit seen 3 times, first at +{{.*}} s by goroutine [[A]]
// CHECK-NEXT: sl101_lock_order.cpp:19 transfer
// CHECK-NEXT: 19 | sluice::Lock guard(bank.accounts);
// CHECK-NEXT: | ^ 'bank.accounts' is held from here
// CHECK-NEXT: sl101_lock_order.cpp:14 log_transfer <- called at sl101_lock_order.cpp:21 transfer
// CHECK-NEXT: 14 | sluice::Lock entry(audit);
// CHECK-NEXT: | ^ 'audit' is requested here
// CHECK-NEXT: called from sl101_lock_order.cpp:37 main::{lambda}::{lambda}
// CHECK-NEXT: goroutine [[A]] started at sl101_lock_order.cpp:36 main::{lambda}
// CHECK-EMPTY:
// CHECK-NEXT: order 2: audit, then bank.accounts seen once, at +{{.*}} s by goroutine [[B]]
// CHECK: sl101_lock_order.cpp:26 scan
// CHECK: sl101_lock_order.cpp:27 scan
// CHECK: goroutine [[B]] started at sl101_lock_order.cpp:42 main::{lambda}
// CHECK: objects: bank.accounts = Mutex#{{[0-9]+}} created sl101_lock_order.cpp:9 audit = Mutex#{{[0-9]+}} created sl101_lock_order.cpp:10
// CHECK-NEXT: help: take 'bank.accounts' before 'audit' everywhere
// CHECK: sluice: 1 report (SL101)
