// Two read locks in two orders: a deadlock only because writers queue up between the readers.
// RUN: env SLUICE_DEBUG=check %programs/sl102_readers 2>&1 | %FileCheck %s
#include <atomic>
#include <sluice/sluice.hpp>

sluice::RWMutex prices, stock;
int value = 0;

[[gnu::noinline]] void write(sluice::RWMutex& table) {
  sluice::Lock guard(table);
  ++value;
}

[[gnu::noinline]] int read_both(sluice::RWMutex& first, sluice::RWMutex& second) {
  sluice::SharedLock a(first);
  sluice::SharedLock b(second);
  return value;
}

// One after the other by chance: nothing that checked mode knows of orders them.
template <class F>
void alone(F f) {
  std::atomic<bool> done{false};
  sluice::go([&] {
    f();
    done = true;
  });
  while (!done) sluice::yield();
}

int main() {
  return sluice::run([] {
    alone([] { write(prices); });
    alone([] { write(stock); });
    alone([] { read_both(prices, stock); });
    alone([] { read_both(stock, prices); });
  });
}
// CHECK: sluice: error[SL102]: lock-order inversion among readers between '{{prices|stock}}' and '{{prices|stock}}'
// CHECK-NEXT: certainty: feasible
// CHECK: sl102_readers.cpp:15 read_both
// CHECK: sl102_readers.cpp:16 read_both
// CHECK-NOT: error
