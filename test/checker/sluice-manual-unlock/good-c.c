// RUN: %check_all --strict --checks=sluice-manual-unlock %s
// expected-no-diagnostics
// C has no scopes that unlock.
#include <pthread.h>

pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
int total;

void by_hand(void) {
  pthread_mutex_lock(&mu);
  ++total;
  pthread_mutex_unlock(&mu);
}
