// A lock that one goroutine takes twice is a deadlock, unless another frees it: then the verdict is taken back. That the
// other was told to, by an atomic variable, can't be seen.
// RUN: env SLUICE_DEBUG=check %programs/sl999_withdrawn 2>&1 | %FileCheck %s
#include <atomic>

#include <sluice/sluice.hpp>

sluice::Mutex gate;
std::atomic<bool> locked{false};

int main() {
  return sluice::run([] {
    sluice::go([] {
      while (!locked) sluice::yield();
      sluice::sleep_for(std::chrono::milliseconds(20));
      gate.unlock();
    });
    gate.lock();
    locked = true;
    gate.lock();
    gate.unlock();
  });
}
// CHECK: sluice: error[SL110]: goroutine 1 (main) locks 'gate' again while it holds it: it waits for itself for ever
// CHECK: sluice: note[SL121]: 'gate' is unlocked by another goroutine than the one that locked it
// CHECK: sluice: error[SL999]: the report SL110 on goroutine 1 (main) is withdrawn: it has gone on
