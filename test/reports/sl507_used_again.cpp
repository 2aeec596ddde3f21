// Two goroutines wait for a round; the first to come out begins the next, with the other still inside.
// RUN: env SLUICE_DEBUG=wait SLUICE_WORKERS=1 %programs/sl507_used_again 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::WaitGroup round_done;

[[gnu::noinline]] void next_round() {
  round_done.wait();
  round_done.add(1);
  round_done.done();
}

int main() {
  return sluice::run([] {
    round_done.add(1);
    sluice::WaitGroup wg;
    for (int i = 0; i < 2; ++i) wg.go([] { next_round(); });
    for (int i = 0; i < 4; ++i) sluice::yield();
    round_done.done();
    wg.wait();
  });
}
// CHECK: sluice: error[SL507]: 'round_done' is used again before the wait of goroutine [[W:[0-9]+]] has returned
// CHECK-NEXT: certainty: certain
// CHECK: sl507_used_again.cpp:9 next_round
// CHECK: sl507_used_again.cpp:8 next_round
