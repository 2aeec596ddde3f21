// RUN: %check_all %s
// expected-no-diagnostics
// C with POSIX threads.
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct conn {
  pthread_mutex_t lock;
  pthread_cond_t ready;
  int fd;
  int refs;
  int threaded;
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t config_lock = PTHREAD_RWLOCK_INITIALIZER;
static int config, multi;

int send_all(struct conn *c, const char *data, int size);

static void *xmalloc(size_t size) {
  void *p = malloc(size);
  if (p == NULL) abort();
  return p;
}

int ladder(struct conn *c, int size) {
  int rc = -1;
  char *buffer = NULL;
  pthread_mutex_lock(&c->lock);
  if (c->fd < 0) goto out;
  buffer = malloc(size);
  if (!buffer) {
    rc = -ENOMEM;
    goto out;
  }
  rc = send_all(c, buffer, size);
out:
  free(buffer);
  pthread_mutex_unlock(&c->lock);
  return rc;
}

int checked(struct conn *c) {
  if (pthread_mutex_lock(&c->lock) != 0) return -1;
  c->refs++;
  if (pthread_mutex_unlock(&c->lock) != 0) abort();
  int rc = pthread_mutex_lock(&c->lock);
  if (rc) return rc;
  c->refs--;
  return pthread_mutex_unlock(&c->lock);
}

int trying(struct conn *c) {
  int rc = pthread_mutex_trylock(&c->lock);
  switch (rc) {
    case 0:
      c->refs++;
      pthread_mutex_unlock(&c->lock);
      return 0;
    case EBUSY:
      return 1;
    default:
      return -1;
  }
}

int trying_differently(struct conn *c) {
  int err;
  if ((err = pthread_mutex_trylock(&c->lock)) == EBUSY) return 1;
  if (err == 0) pthread_mutex_unlock(&c->lock);
  if (!pthread_mutex_trylock(&c->lock)) pthread_mutex_unlock(&c->lock);
  while (pthread_mutex_trylock(&c->lock) == EBUSY) sched_yield();
  pthread_mutex_unlock(&c->lock);
  return err;
}

int waiting(struct conn *c, const struct timespec *until) {
  int rc = 0;
  pthread_mutex_lock(&c->lock);
  while (c->refs == 0 && rc == 0) rc = pthread_cond_timedwait(&c->ready, &c->lock, until);
  if (rc == ETIMEDOUT) {
    pthread_mutex_unlock(&c->lock);
    return -1;
  }
  c->refs--;
  pthread_mutex_unlock(&c->lock);
  return 0;
}

void readers_and_writers(int value) {
  pthread_rwlock_rdlock(&config_lock);
  if (config == value) {
    pthread_rwlock_unlock(&config_lock);
    return;
  }
  pthread_rwlock_unlock(&config_lock);
  pthread_rwlock_wrlock(&config_lock);
  config = value;
  pthread_rwlock_unlock(&config_lock);
}

void when_threaded(struct conn *c) {
  if (c->threaded) pthread_mutex_lock(&c->lock);
  c->refs++;
  send_all(c, "x", 1);
  if (c->threaded) pthread_mutex_unlock(&c->lock);
  if (multi) pthread_mutex_lock(&table_lock);
  xmalloc(3);
  if (multi) pthread_mutex_unlock(&table_lock);
}

static inline int is_multi(void) { return multi != 0; }
void when_asked(void) {
  if (is_multi()) pthread_mutex_lock(&table_lock);
  config++;
  if (is_multi()) pthread_mutex_unlock(&table_lock);
}

void conn_lock(struct conn *c) {
  int rc = pthread_mutex_lock(&c->lock);
  assert(rc == 0);
  (void)rc;
}
void conn_unlock(struct conn *c) { pthread_mutex_unlock(&c->lock); }
int conn_trylock(struct conn *c) { return pthread_mutex_trylock(&c->lock); }

int by_wrapper(struct conn *c, int x) {
  conn_lock(c);
  if (x < 0) {
    conn_unlock(c);
    return -1;
  }
  conn_unlock(c);
  if (conn_trylock(c) != 0) return 1;
  conn_unlock(c);
  return 0;
}

void freed(struct conn *c) {
  pthread_mutex_lock(&c->lock);
  if (--c->refs > 0) {
    pthread_mutex_unlock(&c->lock);
    return;
  }
  pthread_mutex_unlock(&c->lock);
  pthread_mutex_destroy(&c->lock);
  free(c);
}

static void unlock_cleanup(void *arg) { pthread_mutex_unlock(arg); }
void cancellable(struct conn *c) {
  pthread_mutex_lock(&c->lock);
  pthread_cleanup_push(unlock_cleanup, &c->lock);
  while (c->refs == 0) pthread_cond_wait(&c->ready, &c->lock);
  pthread_cleanup_pop(1);
}

static void unlock_at_end(pthread_mutex_t **lock) { pthread_mutex_unlock(*lock); }
int by_attribute(int x) {
  pthread_mutex_lock(&table_lock);
  __attribute__((cleanup(unlock_at_end))) pthread_mutex_t *held = &table_lock;
  if (x < 0) return -1;
  return config;
}

static pthread_mutex_t fork_locks[4];
void before_fork(void) {
  for (int i = 0; i < 4; i++) pthread_mutex_lock(&fork_locks[i]);
}
void after_fork(void) {
  for (int i = 3; i >= 0; i--) pthread_mutex_unlock(&fork_locks[i]);
}

// A lock that is held but for a while: what is taken at the very end guards nothing there.
static pthread_mutex_t interpreter = PTHREAD_MUTEX_INITIALIZER;
int threads_are_ready;
void acquire_interpreter(void) { pthread_mutex_lock(&interpreter); }
void release_interpreter(void) { pthread_mutex_unlock(&interpreter); }
void init_threads(void) {
  threads_are_ready = 1;
  pthread_mutex_lock(&interpreter);
}
