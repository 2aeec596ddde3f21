// RUN: %check_all %s
// expected-no-diagnostics
// One side keeps the lock from one call to another; the other side waits until it is let go.
#include <pthread.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
int rounds;

enum order { PAUSE, RESUME };

void direct(enum order order) {
  switch (order) {
    case PAUSE:
      pthread_mutex_lock(&gate);
      break;
    case RESUME:
      pthread_mutex_unlock(&gate);
      break;
  }
}

void work(void) {
  for (;;) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    rounds++;
  }
}
