// RUN: %check_all --strict --checks=sluice-manual-unlock %s
// expected-no-diagnostics
// Held by a scope, or for less than one.
#include <condition_variable>
#include <mutex>

#include <sluice/sluice.hpp>

int work(int);

sluice::Mutex mu;
std::mutex plain;
int total;
bool ready;

void by_a_guard() {
  sluice::Lock lock(mu);
  ++total;
}
void by_a_guard_that_adopts() {
  plain.lock();
  std::lock_guard<std::mutex> lock(plain, std::adopt_lock);
  ++total;
}
void deferred() {
  mu.lock();
  sluice::Defer unlock{[] { mu.unlock(); }};
  ++total;
}

// A scope would hold it for longer.
void let_go_early() {
  mu.lock();
  if (ready) {
    mu.unlock();
    work(1);
    return;
  }
  ++total;
  mu.unlock();
}
void let_go_for_a_while() {
  mu.lock();
  while (!ready) {
    mu.unlock();
    work(1);
    mu.lock();
  }
  mu.unlock();
}
// What was made under it is wanted afterwards.
int made_under_it() {
  mu.lock();
  const int seen = total;
  mu.unlock();
  return work(seen);
}

// sluice-missing-unlock tells of it.
void forgotten() {
  mu.lock();
  if (ready) return;  // NOLINT(sluice-missing-unlock)
  mu.unlock();
}
// sluice-empty-critical-section tells of it.
void nothing_between() {
  mu.lock();  // NOLINT(sluice-empty-critical-section)
  mu.unlock();
}

// Two that belong to each other, of different locks.
struct Node {
  sluice::Mutex mu;
  Node* next = nullptr;
  int value = 0;
};
void hand_over_hand(Node* node) {
  node->mu.lock();
  while (node->next != nullptr) {
    Node* next = node->next;
    next->mu.lock();
    node->mu.unlock();
    node = next;
  }
  node->mu.unlock();
}
void other_node(Node* node) {
  node->mu.lock();
  node = node->next;
  node->mu.unlock();
}

// Its own scope is what makes it.
class Scope {
 public:
  Scope() { mu.lock(); }
  ~Scope() { mu.unlock(); }
};

#define TOGETHER(statement) \
  do {                      \
    mu.lock();              \
    statement;              \
    mu.unlock();            \
  } while (false)
void by_a_macro() { TOGETHER(++total); }

bool tried() {
  if (!mu.try_lock()) return false;
  ++total;
  mu.unlock();
  return true;
}
