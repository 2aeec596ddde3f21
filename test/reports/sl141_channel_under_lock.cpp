// A wait for a channel with a lock held: often meant, so it is noted for those who ask only.
// RUN: env SLUICE_DEBUG=check,verbose %programs/sl141_channel_under_lock 2>&1 | %FileCheck %s
// RUN: env SLUICE_DEBUG=check %programs/sl141_channel_under_lock 2>&1 | %FileCheck --allow-empty --check-prefix=PLAIN %s
#include <sluice/sluice.hpp>

sluice::Mutex mu;
int total = 0;

[[gnu::noinline]] void collect(sluice::RecvChan<int> results) {
  sluice::Lock guard(mu);
  total += *results.recv();
}

int main() {
  return sluice::run([] {
    auto results = sluice::make_chan<int>();
    sluice::WaitGroup wg;
    wg.go([=] { collect(results); });
    sluice::sleep_for(std::chrono::milliseconds(5));
    results.send(1);
    wg.wait();
  });
}
// CHECK: sluice: note[SL141]: goroutine {{[0-9]+}} waits for a channel while it holds 'mu'
// CHECK: sl141_channel_under_lock.cpp:10 collect
// CHECK: ^ 'mu' is held from here
// CHECK: sl141_channel_under_lock.cpp:11 collect
// PLAIN-NOT: SL
