// A read lock is taken again under itself: a writer between the two, and neither goes on.
// RUN: env SLUICE_DEBUG=check %programs/sl103_read_twice 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::RWMutex table;
int value = 0;

[[gnu::noinline]] int get() {
  sluice::SharedLock guard(table);
  return value;
}

[[gnu::noinline]] int get_twice() {
  sluice::SharedLock guard(table);
  return get() + get();
}

int main() {
  return sluice::run([] { value = get_twice(); });
}
// CHECK: sluice: error[SL103]: goroutine 1 (main) read-locks 'table' again under its own read lock
// CHECK-NEXT: certainty: feasible - a writer that comes between the two waits for the first
// CHECK: sl103_read_twice.cpp:14 get_twice
// CHECK: ^ 'table' is held from here
// CHECK: sl103_read_twice.cpp:9 get
// CHECK: ^ and requested again here
// CHECK-NOT: error
