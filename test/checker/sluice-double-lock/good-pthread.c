// RUN: %check_all %s
// expected-no-diagnostics
// Of which kind a mutex is, is said where it is made.
#include <pthread.h>

struct table {
  pthread_mutex_t lock;
  int size;
};

void make(struct table *t) {
  pthread_mutexattr_t kind;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&t->lock, &kind);
}
void grow(struct table *t) {
  pthread_mutex_lock(&t->lock);
  t->size++;
  pthread_mutex_unlock(&t->lock);
}
void fill(struct table *t) {
  pthread_mutex_lock(&t->lock);
  grow(t);
  pthread_mutex_unlock(&t->lock);
}

// Or in another file.
void both(pthread_mutex_t *mu) {
  pthread_mutex_lock(mu);
  pthread_mutex_lock(mu);
  pthread_mutex_unlock(mu);
  pthread_mutex_unlock(mu);
}
