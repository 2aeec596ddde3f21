// RUN: %check_all %s
#include <pthread.h>

pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
int ready;

void once(void) {
  pthread_mutex_lock(&mu);
  if (!ready) pthread_cond_wait(&cv, &mu);  // expected-warning {{this may return though nobody has notified}}
  ready = 0;
  pthread_mutex_unlock(&mu);
}
