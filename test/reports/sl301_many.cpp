// Thirty goroutines behind one lock, whose holder waits for something that none of them will send.
// RUN: %not env SLUICE_DEBUG=check %programs/sl301_many 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

sluice::Mutex table_mu;

[[gnu::noinline]] void refresh(const sluice::Chan<int>& answers) {
  sluice::Lock guard(table_mu);
  answers.recv();
}

[[gnu::noinline]] void look_up(const sluice::Chan<int>& answers, int key) {
  sluice::Lock guard(table_mu);
  answers.send(key);
}

[[gnu::noinline]] void serve(const sluice::Chan<int>& answers, sluice::WaitGroup& started) {
  started.done();
  look_up(answers, 7);
}

int main() {
  return sluice::run([] {
    auto answers = sluice::make_chan<int>();
    auto over = sluice::make_chan<int>();
    sluice::go({.name = "refresher"}, [=] { refresh(answers); });
    while (table_mu.try_lock()) {
      table_mu.unlock();
      sluice::yield();
    }
    sluice::WaitGroup started;
    started.add(28);
    for (int i = 0; i < 28; ++i) {
      sluice::go([&, answers] { serve(answers, started); });
    }
    started.wait();
    over.recv();
  });
}
// CHECK: sluice: fatal[SL301]: all goroutines are asleep - deadlock (30 goroutines, 0 timers, 0 network waits)
// CHECK: who waits for what
// CHECK-NEXT: main recv 'over' (unbuffered) sl301_many.cpp:37 since
// CHECK-NEXT: goroutine [[R:[0-9]+]] recv 'answers' (unbuffered) sl301_many.cpp:9 since
// CHECK-NEXT: holds 'table_mu' since sl301_many.cpp:8
// CHECK-NEXT: goroutine {{[0-9]+, [0-9]+}}, ... (x28) lock 'table_mu' sl301_many.cpp:13 since
// CHECK-NEXT: needs goroutine [[R]] (above)
// CHECK: stacks
// CHECK: goroutine {{[0-9]+, [0-9]+, [0-9]+, [0-9]+, [0-9]+, [0-9]+, [0-9]+, [0-9]+}}, ... (x28) [lock 'table_mu', {{.*}} s] started at sl301_many.cpp:
