// A goroutine parks with a std::mutex held: the thread goes on with others, and may wait for that very mutex.
// REQUIRES: os-locks
// RUN: env SLUICE_DEBUG=check %programs/sl140_os_mutex 2>&1 | %FileCheck %s
#include <mutex>
#include <sluice/sluice.hpp>

std::mutex table;
int rows = 0;

[[gnu::noinline]] void insert(int row) {
  std::lock_guard guard(table);
  sluice::sleep_for(std::chrono::milliseconds(1));  // a slow disk
  rows += row;
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.go([] { insert(1); });
    wg.wait();
    std::lock_guard guard(table);  // never held over a wait: silent
    ++rows;
  });
}
// CHECK: sluice: error[SL140]: goroutine {{[0-9]+}} parks while it holds the std::mutex 'table'
// CHECK-NEXT: certainty: certain
// CHECK: sl140_os_mutex.cpp:11 insert
// CHECK: is held from here
// CHECK: sl140_os_mutex.cpp:12 insert
// CHECK: ^ parks here: sleep
// CHECK-NOT: error
