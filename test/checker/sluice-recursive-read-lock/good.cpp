// RUN: %check_all %s
// expected-no-diagnostics
#include <pthread.h>

#include <shared_mutex>

#include <sluice/sluice.hpp>

sluice::RWMutex rw, other;
std::shared_mutex shared;
pthread_rwlock_t posix = PTHREAD_RWLOCK_INITIALIZER;
int total;

void again() {
  rw.lock_shared();
  total++;
  rw.unlock_shared();
  rw.lock_shared();
  total++;
  rw.unlock_shared();
}
void both() {
  sluice::SharedLock first(rw);
  sluice::SharedLock second(other);
  total++;
}
void tries() {
  std::shared_lock<std::shared_mutex> lock(shared);
  if (shared.try_lock_shared()) shared.unlock_shared();
}
// A reader may, unless the lock was made to prefer writers.
void posix_reads() {
  pthread_rwlock_rdlock(&posix);
  total++;
  pthread_rwlock_rdlock(&posix);
  pthread_rwlock_unlock(&posix);
  pthread_rwlock_unlock(&posix);
}
