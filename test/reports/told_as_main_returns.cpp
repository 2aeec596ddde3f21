// Main returns while the worker of a blocked goroutine still tells what it has found: that report, and what the program's
// own handler does with it, come to their end first.
// RUN: env SLUICE_DEBUG=wait SLUICE_WORKERS=2 %programs/told_as_main_returns 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

#include <atomic>
#include <cstdio>
#include <thread>

sluice::Mutex left, right;
std::atomic<bool> telling{false};

void take(sluice::Mutex& first, sluice::Mutex& second, sluice::WaitGroup& both) {
  sluice::Lock a(first);
  both.done();
  both.wait();  // until the other has its first lock too
  sluice::Lock b(second);
}

// Longer than a run waits for goroutines that are about to end.
void slow_handler(const sluice::debug::Report& report) {
  if (report.code != "SL201") return;
  telling = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  std::fputs("handled\n", stderr);
}

int main() {
  sluice::debug::set_report_handler(slow_handler);
  return sluice::run([] {
    sluice::WaitGroup both;
    both.add(2);
    sluice::go([&] { take(left, right, both); });
    sluice::go([&] { take(right, left, both); });
    while (!telling) sluice::yield();
  });
}
// CHECK: sluice: error[SL201]: deadlock
// CHECK: handled
