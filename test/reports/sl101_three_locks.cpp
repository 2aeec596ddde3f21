// Three philosophers, three forks, each takes the one on the left first.
// RUN: env SLUICE_DEBUG=check %programs/sl101_three_locks 2>&1 | %FileCheck %s
#include <atomic>
#include <sluice/sluice.hpp>

sluice::Mutex forks[3];
std::atomic<int> meals = 0;

[[gnu::noinline]] void dine(int seat) {
  sluice::Lock left(forks[seat]);
  sluice::Lock right(forks[(seat + 1) % 3]);
  ++meals;
}

int main() {
  return sluice::run([] {
    for (int seat = 0; seat < 3; ++seat) {
      sluice::go(dine, seat);
      while (meals <= seat) sluice::yield();
    }
  });
}
// CHECK: sluice: error[SL101]: lock-order inversion of 3 locks: 'forks[0]' -> 'forks[1]' -> 'forks[2]' -> 'forks[0]' (potential deadlock)
// CHECK: forks[0] -> forks[1] -> forks[2] -> forks[0]
// CHECK-NEXT: goroutine {{[0-9]+}} holds forks[0], wants forks[1]
// CHECK-NEXT: goroutine {{[0-9]+}} holds forks[1], wants forks[2]
// CHECK-NEXT: goroutine {{[0-9]+}} holds forks[2], wants forks[0]
// CHECK: order 1: forks[0], then forks[1]
// CHECK: sl101_three_locks.cpp:10 dine
// CHECK: ^ 'forks[0]' is held from here
// CHECK: sl101_three_locks.cpp:11 dine
// CHECK: ^ 'forks[1]' is requested here
// CHECK: order 3: forks[2], then forks[0]
// CHECK: help: take these locks in one order everywhere
