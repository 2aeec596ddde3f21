// A lock that ends while it is held.
// RUN: env SLUICE_DEBUG=check %programs/sl122_destroyed_locked 2>&1 | %FileCheck %s
#include <memory>
#include <sluice/sluice.hpp>

struct Session {
  sluice::Mutex mu;
  int requests = 0;
};

[[gnu::noinline]] void close(std::unique_ptr<Session> session) {
  session->mu.lock();
  ++session->requests;
  session.reset();
}

int main() {
  return sluice::run([] { close(std::make_unique<Session>()); });
}
// CHECK: sluice: error[SL122]: {{.*}} is destroyed while it is locked or waited for
// CHECK-NEXT: certainty: certain - whoever holds it or waits for it will touch memory that is no longer Mutex
// CHECK: sl122_destroyed_locked.cpp:{{[0-9]+}} close
// CHECK: goroutine 1 (main) holds it
// CHECK: sl122_destroyed_locked.cpp:12 close
// CHECK-NOT: error
