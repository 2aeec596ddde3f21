// RUN: %check_all --strict --checks=sluice-mismatched-exit %s
// Meant to leave a lock held, and left free with the same result.
#include <pthread.h>

#include <sluice/sluice.hpp>

bool probe();

struct Table {
  sluice::Mutex mu;
  bool closed = false;
  int used = 0, size = 0;
};

bool lock_slot(Table& table) {
  table.mu.lock();
  if (table.closed) return false;  // expected-warning {{'lock_slot' leaves 'table.mu' locked here, and unlocked on line 20 with the same result: its callers can't tell}}
  if (table.used == table.size) {
    table.mu.unlock();
    return false;
  }
  ++table.used;
  return true;
}

pthread_mutex_t posix = PTHREAD_MUTEX_INITIALIZER;
int acquire_posix() {
  pthread_mutex_lock(&posix);
  if (!probe()) {
    pthread_mutex_unlock(&posix);
    return 0;
  }
  return 0;  // expected-warning {{'acquire_posix' leaves 'posix' locked here, and unlocked on line 31 with the same result}}
}

sluice::Mutex mu;
void lock_if_it_works() {
  mu.lock();
  if (!probe()) mu.unlock();
}  // expected-warning {{'lock_if_it_works' leaves 'mu' locked here on one way and unlocked on another: its callers can't tell}}
