// RUN: %check_all %s
// The runtime's own locks, in functions and in goroutines.
#include <sluice/sluice.hpp>

#include <thread>

sluice::Mutex mu;
sluice::RWMutex rw;
int total;

void early(int x) {
  mu.lock();
  if (x == 0) return;  // expected-warning {{'mu' is still locked when 'early' returns here}}
  total += x;
  mu.unlock();
}

int reads(int x) {
  rw.lock_shared();
  if (x == total) return 0;  // expected-warning {{'rw' is still locked when 'reads' returns here}}
  rw.unlock_shared();
  return 1;
}

void reads_by_locker(int x) {
  sluice::ReadLocker reader(rw);
  reader.lock();
  if (x == total) return;  // expected-warning {{'reader' is still locked when 'reads_by_locker' returns here}}
  reader.unlock();
}

bool tries(int x) {
  if (!rw.try_lock()) return false;
  if (x > 0) {
    total = x;
    rw.unlock();
  }
  return true;  // expected-warning {{'rw' is still locked when 'tries' returns here}}
}

void in_goroutines() {
  sluice::Mutex local;
  sluice::WaitGroup wg;
  wg.add(1);
  sluice::go([&] {
    sluice::Defer done{[&] { wg.done(); }};
    local.lock();
    if (total > 10) return;  // expected-warning {{'local' is still locked when the goroutine ends here; it was locked on line}}
    total++;
    local.unlock();
  });
  // The lock is forgotten altogether: nobody else can release it.
  wg.go([&] {
    local.lock();
    total++;
  });  // expected-warning {{'local' is still locked when the goroutine ends here}}
  wg.wait();

  std::thread thread([&] {
    mu.lock();
    if (total == 1) return;  // expected-warning {{'mu' is still locked when the thread ends here}}
    mu.unlock();
  });
  thread.join();
}

// The wrong lock is deferred.
sluice::Mutex other;
int wrong_defer() {
  mu.lock();
  sluice::Defer unlock{[] { other.unlock(); }};
  if (total == 0) return 0;  // expected-warning {{'mu' is still locked when 'wrong_defer' returns here}}
  mu.unlock();
  return 1;
}

// Deferred too late for the first return.
int late_defer(int x) {
  mu.lock();
  if (x < 0) return -1;  // expected-warning {{'mu' is still locked when 'late_defer' returns here}}
  SLUICE_DEFER { mu.unlock(); };
  return total += x;
}
