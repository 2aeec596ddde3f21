// The goroutine adds itself: main's wait may find nothing to wait for.
// RUN: env SLUICE_DEBUG=check %programs/sl506_add_inside 2>&1 | %FileCheck %s
#include <atomic>
#include <sluice/sluice.hpp>

sluice::WaitGroup wg;
std::atomic<bool> added{false};

[[gnu::noinline]] void work() {
  wg.add(1);
  added = true;
  sluice::yield();
  wg.done();
}

[[gnu::noinline]] bool wait_for_work() {
  wg.wait();
  return added;
}

int main() {
  return sluice::run([] {
    sluice::go(work);
    while (!added) sluice::yield();  // by chance, as far as anybody can tell
    return wait_for_work() ? 0 : 1;
  });
}
// CHECK: sluice: error[SL506]: add to 'wg' inside the goroutine that it counts
// CHECK-NEXT: certainty: feasible - nothing makes the wait come after the add
// CHECK: sl506_add_inside.cpp:10 work
// CHECK: sl506_add_inside.cpp:17 wait_for_work
