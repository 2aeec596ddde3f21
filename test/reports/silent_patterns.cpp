// Ordinary concurrent code in checked mode: pools, pipelines, scoped_lock both ways, readers and writers, reuse.
// RUN: env SLUICE_DEBUG=check %programs/silent_patterns 2>&1 | %FileCheck --allow-empty %s
// CHECK-NOT: SL
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <sluice/sluice.hpp>
#include <vector>

sluice::Mutex a, b;
sluice::RWMutex table;
long n = 0;

void scoped_locks() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([i] {
      for (int k = 0; k < 200; ++k) {
        if (i % 2 == 0) {
          std::scoped_lock both(a, b);
          ++n;
        } else {
          std::scoped_lock both(b, a);
          ++n;
        }
      }
    });
  }
  wg.wait();
}

void readers_and_writers() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 6; ++i) {
    wg.go([i] {
      for (int k = 0; k < 100; ++k) {
        if (i == 0) {
          std::unique_lock write(table);
          ++n;
        } else {
          std::shared_lock read(table);
          sluice::yield();
        }
      }
    });
  }
  wg.wait();
}

void worker_pool() {
  auto jobs = sluice::make_chan<int>(4);
  auto results = sluice::make_chan<int>();
  sluice::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.go([=] {
      for (int job : jobs) results.send(job * 2);
    });
  }
  sluice::go([&wg, results] {
    wg.wait();
    results.close();
  });
  sluice::go([=] {
    for (int i = 0; i < 100; ++i) jobs.send(i);
    jobs.close();
  });
  for (int r : results) n += r;
}

// Locks that come and go at the same addresses, in changing orders.
void short_lived_locks() {
  for (int i = 0; i < 50; ++i) {
    sluice::WaitGroup wg;
    auto locks = std::make_unique<sluice::Mutex[]>(2);
    wg.go([&] {
      sluice::Lock first(locks[i % 2]);
      sluice::Lock second(locks[1 - i % 2]);
      ++n;
    });
    wg.wait();
  }
}

int main() {
  return sluice::run([] {
    scoped_locks();
    readers_and_writers();
    worker_pool();
    short_lived_locks();
    sluice::Once once;
    sluice::WaitGroup wg;
    for (int i = 0; i < 8; ++i) {
      wg.go([&] { once.call([] { ++n; }); });
    }
    wg.wait();
  });
}
