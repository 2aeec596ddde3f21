// RUN: %check_all %s
// expected-no-diagnostics
// A machine of so many states that not all paths can be kept apart, with a lock that is taken and
// released on the same condition.
#include <pthread.h>

enum phase { idle, greet, login, list, fetch, store, erase, flush, quit };

struct mailbox {
  pthread_mutex_t lock;
  int is_shared;
  int messages;
  int unread;
};

struct session {
  enum phase phase;
  struct mailbox *box;
  int errors;
  int seen;
  int offset;
  int is_encrypted;
  int is_admin;
};

int read_command(struct session *s);
int write_reply(struct session *s, const char *text);
int copy_part(struct session *s, int from);

static void let_go(struct mailbox *box) {
  box->unread = 0;
  pthread_mutex_unlock(&box->lock);
}

int serve(struct session *s) {
  int late = 0;
  int bytes = 0;
  int tries = 0;
  while (s->errors < 10) {
    if (s->is_encrypted) late = s->seen;
    if (s->is_admin) bytes = s->offset;
    if (late > bytes) tries++;
    switch (s->phase) {
      case idle:
        if (read_command(s) < 0) return -1;
        s->phase = greet;
        continue;
      case greet:
        if (s->is_encrypted) tries = 1;
        if (write_reply(s, "hello")) s->errors++;
        s->phase = login;
        continue;
      case login:
        if (s->is_admin) tries = 2;
        if (tries > 3) return -1;
        s->phase = list;
        break;
      case list:
        if (s->box->is_shared) pthread_mutex_lock(&s->box->lock);
        if (s->is_admin) bytes += 10;
        if (s->is_encrypted) bytes += 20;
        if (late) bytes += 30;
        if (tries > 1) late = 0;
        if (s->seen) tries = 0;
        if (s->offset > 5) late = 2;
        if (s->box->messages == 0) {
          if (s->box->is_shared) pthread_mutex_unlock(&s->box->lock);
          s->phase = quit;
          continue;
        }
        if (s->is_admin && bytes > 7) tries++;
        if (s->offset == 3) s->seen = 1;
        if (s->box->is_shared) pthread_mutex_unlock(&s->box->lock);
        s->phase = fetch;
        continue;
      case fetch:
        if (s->box->is_shared) pthread_mutex_lock(&s->box->lock);
        if (s->is_encrypted) late++;
        if (s->seen > 2) bytes = 0;
        if (tries) s->offset = 0;
        if (bytes > 100) tries = 4;
        if (s->offset > 9) late = 5;
        if (copy_part(s, s->offset) < 0) {
          if (s->box->is_shared) let_go(s->box);
          s->errors++;
          break;
        }
        if (late > tries) s->seen++;
        if (s->box->is_shared) pthread_mutex_unlock(&s->box->lock);
        s->phase = store;
        continue;
      case store:
        if (bytes > 10) s->phase = erase;
        break;
      case erase:
        if (late) s->phase = flush;
        break;
      case flush:
        s->phase = quit;
        continue;
      case quit:
        return 0;
    }
    if (tries > 5) return 1;
  }
  return late;
}
