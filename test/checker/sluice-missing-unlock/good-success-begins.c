// RUN: %check_all %s
// expected-no-diagnostics
// Its name says that another function ends what it begins, though the others keep the lock.
#include <pthread.h>

struct log {
  pthread_mutex_t mu;
  int lines, open;
};

void log_add(struct log *l) {
  pthread_mutex_lock(&l->mu);
  l->lines++;
  pthread_mutex_unlock(&l->mu);
}

int log_lines(struct log *l) {
  pthread_mutex_lock(&l->mu);
  int n = l->lines;
  pthread_mutex_unlock(&l->mu);
  return n;
}

int log_begin_batch(struct log *l) {
  pthread_mutex_lock(&l->mu);
  if (!l->open) {
    pthread_mutex_unlock(&l->mu);
    return -1;
  }
  l->lines++;
  return 0;
}
