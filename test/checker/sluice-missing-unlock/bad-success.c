// RUN: %check_all %s
// A function that succeeds with the lock held, where the others of the file keep the same lock to
// themselves: nobody releases it for a caller.
#include <pthread.h>

struct pool {
  pthread_mutex_t mu;
  int free, used, closed;
};
void refill(struct pool *p);

void pool_add(struct pool *p, int n) {
  pthread_mutex_lock(&p->mu);
  p->free += n;
  pthread_mutex_unlock(&p->mu);
}

int pool_used(struct pool *p) {
  pthread_mutex_lock(&p->mu);
  int n = p->used;
  pthread_mutex_unlock(&p->mu);
  return n;
}

int pool_get(struct pool *p) {
  pthread_mutex_lock(&p->mu);
  if (p->closed) {
    pthread_mutex_unlock(&p->mu);
    return -1;
  }
  p->free--;
  return 0; // expected-warning {{'p->mu' is still locked when 'pool_get' returns here}}
}

// Taken after everything that can fail.
int pool_refill(struct pool *p, int n) {
  if (n <= 0) return -1;
  pthread_mutex_lock(&p->mu);
  p->free += n;
  refill(p);
  return 0; // expected-warning {{'p->mu' is still locked when 'pool_refill' returns here}}
}
