// RUN: %check_all %s
// C with POSIX threads: error ladders, read-write locks, spin locks, locks in structures.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct conn {
  pthread_mutex_t lock;
  int fd;
  char *buffer;
  struct conn *next;
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t config_lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static struct conn *table;
static int config;

int send_all(struct conn *c, const char *data, int size);

int error_ladder(struct conn *c, int size) {
  int rc = -1;
  pthread_mutex_lock(&c->lock);
  c->buffer = malloc(size);
  if (c->buffer == NULL) goto out;
  if (c->fd < 0) {
    rc = -EBADF;
    goto fail;
  }
  rc = send_all(c, c->buffer, size);
fail:
  free(c->buffer);
  pthread_mutex_unlock(&c->lock);
  return rc;
out:
  return rc;  // expected-warning {{'c->lock' is still locked when 'error_ladder' returns here}}
}

struct conn *find(int fd) {
  pthread_mutex_lock(&table_lock);
  for (struct conn *c = table; c != NULL; c = c->next) {
    if (c->fd == fd) return c;  // expected-warning {{'table_lock' is still locked when 'find' returns here}}
  }
  pthread_mutex_unlock(&table_lock);
  return NULL;
}

int read_config(int *value) {
  if (pthread_rwlock_rdlock(&config_lock) != 0) return -1;
  if (config == 0) return -2;  // expected-warning {{'config_lock' is still locked when 'read_config' returns here}}
  *value = config;
  pthread_rwlock_unlock(&config_lock);
  return 0;
}

void write_config(int value) {
  pthread_rwlock_wrlock(&config_lock);
  if (value == config) return;  // expected-warning {{'config_lock' is still locked when 'write_config' returns here}}
  config = value;
  pthread_rwlock_unlock(&config_lock);
}

int try_it(int x) {
  int rc = pthread_mutex_trylock(&table_lock);
  if (rc == EBUSY) return rc;
  if (rc != 0) return -1;
  if (x < 0) return -EINVAL;  // expected-warning {{'table_lock' is still locked when 'try_it' returns here}}
  pthread_mutex_unlock(&table_lock);
  return 0;
}

void spins(int *counter, int limit) {
  pthread_spin_lock(&spin);
  if (*counter >= limit) {
    return;  // expected-warning {{'spin' is still locked when 'spins' returns here}}
  }
  ++*counter;
  pthread_spin_unlock(&spin);
}

// The inner lock is left behind on one rung.
int transfer(struct conn *from, struct conn *to, int amount) {
  int rc = 0;
  pthread_mutex_lock(&from->lock);
  pthread_mutex_lock(&to->lock);
  if (from->fd < amount) {
    rc = -1;
    goto unlock_from;
  }
  from->fd -= amount;
  to->fd += amount;
  pthread_mutex_unlock(&to->lock);
unlock_from:
  pthread_mutex_unlock(&from->lock);
  return rc;  // expected-warning {{'to->lock' is still locked when 'transfer' returns here}}
}
