// A WaitGroup goes out of scope on an early return, and its goroutines have yet to call done.
// RUN: env SLUICE_DEBUG=check %programs/sl508_destroyed_owed 2>&1 | %FileCheck %s
#include <memory>
#include <sluice/sluice.hpp>

[[gnu::noinline]] bool fetch(bool valid, sluice::Chan<> stop) {
  auto pending = std::make_unique<sluice::WaitGroup>();
  pending->add(1);
  sluice::go([stop] { stop.recv(); });
  if (!valid) return false;
  pending->wait();
  return true;
}

int main() {
  return sluice::run([] {
    auto stop = sluice::make_chan();
    const bool done = fetch(false, stop);
    stop.close();
    while (sluice::num_goroutines() > 1) sluice::yield();
    return done ? 1 : 0;
  });
}
// CHECK: sluice: error[SL508]: {{.*}} is destroyed in use: 1 still owed
// CHECK-NEXT: certainty: certain
// CHECK: sl508_destroyed_owed.cpp:{{[0-9]+}} fetch
// CHECK: add site added done owed
// CHECK-NEXT: sl508_destroyed_owed.cpp:8 1 0 1
// CHECK-NOT: error
