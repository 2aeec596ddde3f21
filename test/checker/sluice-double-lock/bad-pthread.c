// RUN: %check_all %s
#include <pthread.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
struct table {
  pthread_mutex_t lock;
  int size;
};

void make(struct table *t) {
  pthread_mutex_init(&t->lock, NULL);
  t->size = 0;
}

void grow(struct table *t) {
  pthread_mutex_lock(&t->lock);
  t->size++;
  pthread_mutex_unlock(&t->lock);
}

void fill(struct table *t) {
  pthread_mutex_lock(&t->lock);
  if (t->size == 0) grow(t);  // expected-warning {{'grow' locks 't->lock', which is held here}}
  pthread_mutex_unlock(&t->lock);
}

void both(void) {
  pthread_mutex_lock(&mu);
  pthread_mutex_lock(&mu);  // expected-warning {{'mu' is locked again while it is held}}
  pthread_mutex_unlock(&mu);
}

// Whoever forgot to unlock is told, and nobody that comes after.
static pthread_mutex_t limits = PTHREAD_MUTEX_INITIALIZER;
static int admitted;
static int admit(int most) {
  pthread_mutex_lock(&limits);
  if (admitted >= most) return -1;  // expected-warning {{'limits' is still locked when 'admit' returns here}}
  admitted++;
  pthread_mutex_unlock(&limits);
  return 0;
}
void serve(int most) {
  while (admit(most) == 0) {
  }
  admit(most + 1);
}
