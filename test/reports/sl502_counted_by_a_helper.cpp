// One function counts for all, called from two places; the first goroutine that is started then is
// taken to owe both, and is gone.
// RUN: %not env SLUICE_DEBUG=check %programs/sl502_counted_by_a_helper 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

namespace {

[[gnu::noinline]] void count(sluice::WaitGroup& workers) {
  workers.add(1);
  asm volatile("");  // no tail call
}

}  // namespace

int main() {
  return sluice::run([] {
    sluice::WaitGroup workers;
    count(workers);
    count(workers);
    sluice::go([] {});
    workers.wait();
  });
}
// CHECK: root cause: WaitGroup 'workers' can never reach zero (2 of 2 still owed) [SL502]
// CHECK: owed by
// CHECK-NEXT: goroutine {{[0-9]+}} started at sl502_counted_by_a_helper.cpp:20, returned early at
