// RUN: %check_all %s --checks=sluice-missing-unlock
// A caller that takes the lock itself, and releases what it took, does not rely on its callee for it.
#include <pthread.h>

struct conn {
  pthread_mutex_t mu;
  int count;
};

static int add(struct conn *c, int n) {
  if (n == 0) return 0;
  pthread_mutex_lock(&c->mu);
  c->count += n;
  return n; // expected-warning {{'c->mu' is still locked when 'add' returns here}}
}

void twice(struct conn *c, int n) {
  add(c, n);
  pthread_mutex_lock(&c->mu);
  c->count++;
  pthread_mutex_unlock(&c->mu);
}
