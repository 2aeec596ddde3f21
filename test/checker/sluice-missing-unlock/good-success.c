// RUN: %check_all %s
// expected-no-diagnostics
// Functions that succeed with the lock held, and are meant to as far as the file shows.
#include <pthread.h>

struct pool {
  pthread_mutex_t mu, order;
  int free, used, closed;
};

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
  return 0;
}

// The partner of pool_get.
void pool_put(struct pool *p) {
  p->free++;
  pthread_mutex_unlock(&p->mu);
}

// Nothing here shows what others do with this lock.
int pool_next(struct pool *p) {
  pthread_mutex_lock(&p->order);
  if (p->closed) {
    pthread_mutex_unlock(&p->order);
    return -1;
  }
  p->used++;
  return 0;
}

// All that they do is to take it, and to tell whether that worked.
struct table {
  pthread_mutex_t mu;
  int rows;
};

void table_add(struct table *t) {
  pthread_mutex_lock(&t->mu);
  t->rows++;
  pthread_mutex_unlock(&t->mu);
}

int table_rows(struct table *t) {
  pthread_mutex_lock(&t->mu);
  int n = t->rows;
  pthread_mutex_unlock(&t->mu);
  return n;
}

int table_mine(struct table *t) {
  if (pthread_mutex_lock(&t->mu) != 0) return -1;
  return 0;
}

int table_perhaps_mine(struct table *t) {
  int refused = pthread_mutex_trylock(&t->mu);
  if (refused) return -1;
  t->rows++;
  return 0;
}
