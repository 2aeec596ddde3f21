// RUN: %check_all %s
#include <pthread.h>

struct queue {
  pthread_mutex_t lock;
  int size;
};

int length(struct queue *q) {
  pthread_mutex_lock(&q->lock);  // expected-warning {{'q->lock' is unlocked right after it was locked}}
  pthread_mutex_unlock(&q->lock);
  return q->size;
}
