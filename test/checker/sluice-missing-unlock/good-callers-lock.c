// RUN: %check_all %s
// expected-no-diagnostics
// Locks that the callers took: where they can tell what became of them, or nobody here can.
#include <pthread.h>

struct reply {
  pthread_mutex_t mu;
  int size, position, locked;
};
int fill(struct reply *r);

// Failures of two kinds.
static int ready(struct reply *r) {
  int got = fill(r);
  if (got < 0) {
    pthread_mutex_unlock(&r->mu);
    return 0;
  }
  if (got > r->size) {
    pthread_mutex_unlock(&r->mu);
    return 0;
  }
  if (got == 0) return -1;
  return 1;
}

// Whoever gives no reply has locked none.
static int step(struct reply *r, int how) {
  if (how == 0) return 0;
  if (fill(r) < 0) {
    pthread_mutex_unlock(&r->mu);
    return 0;
  }
  if (how == 2) {
    pthread_mutex_unlock(&r->mu);
    return 0;
  }
  return 1;
}

// Released on a condition that the caller may know.
static int drop(struct reply *r) {
  if (r->locked) pthread_mutex_unlock(&r->mu);
  if (fill(r) < 0) return 0;
  if (fill(r) == 0) return 0;
  return 1;
}

void send_reply(struct reply *r) {
  pthread_mutex_lock(&r->mu);
  if (ready(r) != 0) pthread_mutex_unlock(&r->mu);
}

void step_reply(struct reply *r, int how) {
  if (how == 0) {
    step(r, 0);
    return;
  }
  pthread_mutex_lock(&r->mu);
  if (step(r, how) != 0) pthread_mutex_unlock(&r->mu);
}

void drop_reply(struct reply *r) {
  if (r->locked) pthread_mutex_lock(&r->mu);
  drop(r);
}
