// RUN: %check_all %s
#include <pthread.h>

pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
int total;

void tries(void) {
  pthread_mutex_trylock(&mu);  // expected-warning {{whether this locked 'mu' is not looked at}}
  total++;
  pthread_mutex_unlock(&mu);
}
