// RUN: cp %s %t.c
// RUN: %not %sluice_check --fix %t.c --
// RUN: %FileCheck --match-full-lines --strict-whitespace %s < %t.c
// RUN: %sluice_check %t.c --
#include <pthread.h>

struct conn {
  pthread_mutex_t lock;
  pthread_rwlock_t config;
  int fd;
};

int close_it(struct conn *c) {
  pthread_mutex_lock(&c->lock);
  if (c->fd < 0) return -1;
  //      CHECK:  if (c->fd < 0) { pthread_mutex_unlock(&c->lock); return -1; }
  c->fd = -1;
  pthread_mutex_unlock(&c->lock);
  return 0;
}

void reads(struct conn *c, int *out) {
  pthread_rwlock_rdlock(&c->config);
  if (out == 0) {
    return;
    //      CHECK:    pthread_rwlock_unlock(&c->config);
    // CHECK-NEXT:    return;
  }
  *out = c->fd;
  pthread_rwlock_unlock(&c->config);
}
