// A goroutine dies of an exception with the configuration's lock in its hands: workers, main and whoever waits for their
// results never go on.
// RUN: %not env SLUICE_DEBUG=check %programs/sl301_workers 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>
#include <stdexcept>

struct Config {
  sluice::Mutex mu;
  int version = 1;
} cfg;

[[gnu::noinline]] void reload() {
  cfg.mu.lock();
  ++cfg.version;
  throw std::runtime_error("bad line 3");
}

[[gnu::noinline]] void run_worker(const sluice::Chan<int>& results) {
  cfg.mu.lock();
  const int version = cfg.version;
  cfg.mu.unlock();
  results.send(version);
}

[[gnu::noinline]] int collect(const sluice::Chan<int>& results) { return results.recv().value_or(0); }

int main() {
  return sluice::run([] {
    auto results = sluice::make_chan<int>();
    sluice::WaitGroup workers;
    workers.go([] {
      try {
        reload();
      } catch (const std::exception&) {  // and goes on without an unlock
      }
    });
    workers.wait();
    for (int i = 0; i < 2; ++i) workers.go([=] { run_worker(results); });
    sluice::go({.name = "collector"}, [=] { collect(results); });
    workers.wait();
  });
}
// CHECK: sluice: fatal[SL301]: all goroutines are asleep - deadlock (4 goroutines, 0 timers, 0 network waits)
// CHECK-NEXT: certainty: certain - only runtime threads exist and none can wake a goroutine
// CHECK-EMPTY:
// CHECK-NEXT: root cause: goroutine [[GONE:[0-9]+]] exited at +{{.*}} s while holding 'cfg.mu'; nobody can unlock it [SL120]
// CHECK-NEXT: sl301_workers.cpp:13 reload
// CHECK: who waits for what
// CHECK-NEXT: main wg.wait 'workers' (2 of 2 still owed) sl301_workers.cpp:[[#]] since
// CHECK-NEXT: needs goroutine [[A:[0-9]+]] lock 'cfg.mu' sl301_workers.cpp:19 since
// CHECK-NEXT: 'cfg.mu' is owned by goroutine [[GONE]] (exited)
// CHECK-NEXT: needs goroutine [[B:[0-9]+]] lock 'cfg.mu' sl301_workers.cpp:19 since
// CHECK: goroutine [[C:[0-9]+]] recv 'results' (unbuffered) sl301_workers.cpp:25 since
// CHECK: stacks
// CHECK: (x2) [lock 'cfg.mu', {{.*}} s] started at sl301_workers.cpp:
