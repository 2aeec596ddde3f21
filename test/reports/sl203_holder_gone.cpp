// A goroutine waits for a lock whose holder has ended, while the rest of the program runs on.
// RUN: env SLUICE_DEBUG=wait %programs/sl203_holder_gone 2>&1 | %FileCheck %s
#include <atomic>
#include <sluice/sluice.hpp>

std::atomic<bool> told{false};
sluice::Mutex mu;
int value = 0;

[[gnu::noinline]] void forget() {
  mu.lock();
  ++value;
}

[[gnu::noinline]] void want() {
  sluice::Lock guard(mu);
  ++value;
}

int main() {
  return sluice::run([] {
    sluice::debug::set_report_handler([](const auto& report) { told = report.code == "SL203"; });
    sluice::go([] { forget(); });
    while (sluice::num_goroutines() > 1) sluice::yield();
    sluice::go([] { want(); });
    while (!told) sluice::yield();
  });
}
// CHECK: sluice: error[SL120]
// CHECK: sluice: error[SL203]: goroutine [[W:[0-9]+]] waits for 'mu', whose holder has ended
// CHECK-NEXT: certainty: certain - only its holder frees a lock
// CHECK: sl203_holder_gone.cpp:16 want
// CHECK: ^ goroutine [[W]] waits here
// CHECK: sl203_holder_gone.cpp:11 forget
// CHECK: ^ 'mu' is held from here
