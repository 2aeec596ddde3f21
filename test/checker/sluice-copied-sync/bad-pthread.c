// RUN: %check_all %s
// What is locked is not what others lock.
#include <pthread.h>

struct table {
  pthread_mutex_t lock;
  int size;
};

int by_value(struct table t) {
  pthread_mutex_lock(&t.lock);  // expected-warning {{'t.lock' is a copy: whoever locks the original is not kept out; take a pointer to it}}
  int size = t.size;
  pthread_mutex_unlock(&t.lock);
  return size;
}

int in_a_variable(struct table *all, int i) {
  struct table t = all[i];
  pthread_mutex_lock(&t.lock);  // expected-warning {{'t.lock' is a copy: whoever locks the original is not kept out; keep a pointer to it}}
  t.size++;
  pthread_mutex_unlock(&t.lock);
  return t.size;
}

pthread_mutex_t global = PTHREAD_MUTEX_INITIALIZER;
int count;
void of_the_lock_itself(void) {
  pthread_mutex_t mine = global;
  pthread_mutex_lock(&mine);  // expected-warning {{'mine' is a copy}}
  count++;
  pthread_mutex_unlock(&mine);
}
