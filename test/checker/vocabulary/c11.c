// RUN: %check_all %s
#include <threads.h>

static mtx_t mu;
static int total;

int add(int x) {
  if (mtx_lock(&mu) != thrd_success) return -1;
  if (x == 0) return 0;  // expected-warning {{'mu' is still locked when 'add' returns here}}
  total += x;
  mtx_unlock(&mu);
  return 1;
}
int adds(int x) {
  if (mtx_trylock(&mu) != thrd_success) return -1;
  total += x;
  mtx_unlock(&mu);
  return 1;
}
