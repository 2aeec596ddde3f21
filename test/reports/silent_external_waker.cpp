// All goroutines sleep, no other thread is there, and yet one will come: it is started when a signal arrives.
// RUN: env SLUICE_DEBUG=check %programs/silent_external_waker 2>&1 | %FileCheck %s
// RUN: %programs/silent_external_waker 2>&1 | %FileCheck %s
#include <signal.h>
#include <sys/time.h>

#include <cstdio>
#include <thread>

#include <sluice/sluice.hpp>

namespace {

sluice::Chan<int> alarms;

void on_alarm(int) {
  std::thread([] { alarms.send(1); }).detach();
}

}  // namespace

int main() {
  return sluice::run([] {
    alarms = sluice::make_chan<int>();
    sluice::debug::external_waker(&alarms);
    signal(SIGALRM, on_alarm);
    const itimerval soon{{0, 0}, {0, 300'000}};
    setitimer(ITIMER_REAL, &soon, nullptr);
    alarms.recv();
    std::puts("woken");
  });
}
// CHECK-NOT: asleep
// CHECK: woken
// UNSUPPORTED: tsan
