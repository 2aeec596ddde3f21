// RUN: %check_all %s
// A lock that the caller took, and that a failure is to release: one failure does not.
#include <pthread.h>

struct reply {
  pthread_mutex_t mu;
  int size, position;
};
void close_reply(struct reply *r);
int fill(struct reply *r);

static int ready(struct reply *r, int *end) {
  if (r->size < 128) {
    pthread_mutex_unlock(&r->mu);
    close_reply(r);
    return 0;
  }
  int got = fill(r);
  if (got < 0) {
    pthread_mutex_unlock(&r->mu);
    close_reply(r);
    return 0;
  }
  if (got == 0) {
    close_reply(r);
    return 0; // expected-warning {{'r->mu' is still locked when 'ready' returns here, which other ways out with the same result release}}
  }
  *end = got == 1;
  return 1;
}

void send_reply(struct reply *r) {
  int end;
  pthread_mutex_lock(&r->mu);
  if (!ready(r, &end)) return; // expected-warning {{'r->mu' is still locked when 'send_reply' returns here}}
  r->position += end;
  pthread_mutex_unlock(&r->mu);
}
