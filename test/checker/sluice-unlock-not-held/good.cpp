// RUN: %check_all %s
// expected-no-diagnostics
#include <pthread.h>

#include <mutex>
#include <vector>

#include <sluice/sluice.hpp>

sluice::Mutex mu, other;
sluice::RWMutex rw;
pthread_rwlock_t posix = PTHREAD_RWLOCK_INITIALIZER;
int total;

// For somebody else.
void release() { mu.unlock(); }
void resume() {
  total++;
  mu.unlock();
  other.unlock();
}

void either(bool shared) {
  if (shared) {
    rw.lock_shared();
  } else {
    rw.lock();
  }
  total++;
  if (shared) {
    rw.unlock_shared();
  } else {
    rw.unlock();
  }
}
void early(int x) {
  mu.lock();
  bool held = true;
  if (x == 0) {
    mu.unlock();
    held = false;
  }
  total++;
  if (held) mu.unlock();
}
void rounds() {
  for (int i = 0; i < 3; ++i) {
    mu.lock();
    total++;
    mu.unlock();
  }
}
void many(std::vector<sluice::Mutex*>& all) {
  for (sluice::Mutex* each : all) each->lock();
  for (sluice::Mutex* each : all) each->unlock();
}
void by_hand() {
  mu.lock();
  total++;
  mu.unlock();
  mu.lock();
  total++;
  mu.unlock();
}
// POSIX has one word for both.
void reads() {
  pthread_rwlock_rdlock(&posix);
  total++;
  pthread_rwlock_unlock(&posix);
}
// Somebody that is not seen may have taken it again.
void relock(sluice::Mutex& m);
void gives_away(sluice::Mutex& m) {
  m.lock();
  total++;
  m.unlock();
  relock(m);
  m.unlock();
}
