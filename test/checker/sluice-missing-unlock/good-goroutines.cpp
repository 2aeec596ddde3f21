// RUN: %check_all %s
// expected-no-diagnostics
// The runtime's locks used as its documentation shows them.
#include <sluice/sluice.hpp>

#include <mutex>
#include <shared_mutex>
#include <stdexcept>

sluice::Mutex mu;
sluice::RWMutex rw;
sluice::Cond cond;
int total;

int deferred(int x) {
  mu.lock();
  sluice::Defer unlock{[&] { mu.unlock(); }};
  if (x < 0) throw std::invalid_argument("negative");
  if (x == 0) return 0;
  return total += x;
}

int deferred_by_macro(int x) {
  rw.lock_shared();
  SLUICE_DEFER { rw.unlock_shared(); };
  if (x == 0) return 0;
  return total + x;
}

int deferred_by_name(int x) {
  auto unlock = [] { mu.unlock(); };
  mu.lock();
  sluice::Defer later{unlock};
  return x < 0 ? -1 : total;
}

int scoped(int x) {
  sluice::SharedLock reading(rw);
  sluice::Lock lock(mu);
  if (x < 0) throw std::invalid_argument("negative");
  return total;
}

int standard_scopes(int x) {
  std::scoped_lock both(mu, rw);
  if (x < 0) return -1;
  return total;
}

int standard_shared(int x) {
  std::shared_lock reading(rw);
  std::unique_lock writing(mu, std::defer_lock);
  if (x < 0) return -1;
  writing.lock();
  return total;
}

int by_locker() {
  sluice::ReadLocker reader(rw);
  std::lock_guard guard(reader);
  return total;
}

void waits() {
  std::unique_lock lock(mu);
  while (total == 0) cond.wait(lock);
  cond.wait(lock, [] { return total > 0; });
  total--;
}

void waits_by_hand() {
  mu.lock();
  while (total == 0) cond.wait(mu);
  total--;
  mu.unlock();
}

void goroutines() {
  sluice::WaitGroup wg;
  sluice::Mutex local;
  for (int i = 0; i < 4; ++i) {
    wg.go([&, i] {
      local.lock();
      if (i == 2) {
        local.unlock();
        return;
      }
      total += i;
      local.unlock();
    });
  }
  wg.wait();
  // An exception that leaves a goroutine ends the program, and the lock with it.
  sluice::go([] {
    mu.lock();
    if (total > 100) throw std::runtime_error("too much");
    mu.unlock();
  });
  // Unlocked by another goroutine than the one that locked.
  local.lock();
  wg.go([&] { local.unlock(); });
  wg.wait();
}

bool tries() {
  if (!mu.try_lock()) return false;
  total++;
  mu.unlock();
  return rw.try_lock_shared() ? (rw.unlock_shared(), true) : false;
}
