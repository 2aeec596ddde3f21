// RUN: %check_all %s
// expected-no-diagnostics
// A pair of functions that lock and unlock under the same two conditions.
#include <pthread.h>

struct context {
  int type;
  int users;
  pthread_mutex_t mu;
};
struct connection {
  struct context *context;
};

void lock_context(struct context *context) {
  if (context && context->type == 1) pthread_mutex_lock(&context->mu);
}

void unlock_context(struct context *context) {
  if (context && context->type == 1) pthread_mutex_unlock(&context->mu);
}

void work(struct connection *connection);

int whole(struct connection *connection) {
  lock_context(connection->context);
  connection->context->users++;
  unlock_context(connection->context);
  return 0;
}

int with_early_return(struct connection *connection) {
  lock_context(connection->context);
  work(connection);
  if (connection->context->users == 0) {
    unlock_context(connection->context);
    return 1;
  }
  unlock_context(connection->context);
  return 0;
}
