// RUN: %check_all %s
#include <pthread.h>

pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
int total;

int take(int wanted) {
  int got = 0;
  pthread_mutex_lock(&mu);
  if (total < wanted) {
    pthread_mutex_unlock(&mu);
    goto out;
  }
  total -= wanted;
  got = wanted;
out:
  pthread_mutex_unlock(&mu);  // expected-warning {{'mu' is not held here: this path has unlocked it already}}
  return got;
}
