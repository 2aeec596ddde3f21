// A thread of the program's own is to bring the results, and is in no hurry.
// RUN: env SLUICE_DEBUG=check %programs/sl302_thread 2>&1 | %FileCheck %s
#include <atomic>
#include <cstdio>
#include <thread>

#include <sluice/sluice.hpp>

std::atomic<bool> told{false};

[[gnu::noinline]] int collect(const sluice::Chan<int>& results) {
  int sum = 0;
  for (const int each : results) sum += each;
  return sum;
}

int main() {
  return sluice::run([] {
    sluice::debug::set_report_handler([](const sluice::debug::Report&) {
      told = true;
      told.notify_all();
    });
    auto results = sluice::make_chan<int>();
    std::thread loader([results] {
      told.wait(false);
      results.send(3);
      results.close();
    });
    std::fprintf(stderr, "sum %d\n", collect(results));
    sluice::blocking([&] { loader.join(); });
  });
}
// CHECK: sluice: error[SL302]: likely asleep for ever: 1 goroutine waits, only foreign threads remain
// CHECK-NEXT: certainty: likely - none has run for a second, no timer is set, and no other thread has woken one
// CHECK: who waits for what
// CHECK-NEXT: main recv 'results' (unbuffered) sl302_thread.cpp:13 since {{[1-9][0-9.]*}} s
// CHECK: stacks
// CHECK: sl302_thread.cpp:13 collect
// CHECK: help: if a thread will wake them in time, say so with sluice::debug::external_waker
// CHECK: sum 3
// CHECK: sluice: 1 report (SL302)
