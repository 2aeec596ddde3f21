// RUN: %check_all %s
// expected-no-diagnostics
// Loops, jumps, functions that do not return, exceptions that are caught, macros.
#include <cassert>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

std::mutex mu;
std::map<int, int> table;
int total;
int next();
[[noreturn]] void die(const char* why);
static void fail() { std::exit(3); }

#define LOCKED(statement)  \
  do {                     \
    mu.lock();             \
    statement;             \
    mu.unlock();           \
  } while (0)
#define CHECK(condition) \
  if (!(condition)) die(#condition)

void by_macro() {
  LOCKED(total++);
  for (int i = 0; i < 3; ++i) LOCKED(total += i);
}

void each_round(int n) {
  for (int i = 0; i < n; ++i) {
    mu.lock();
    if (i == 3) {
      mu.unlock();
      continue;
    }
    if (next() < 0) {
      mu.unlock();
      break;
    }
    total++;
    mu.unlock();
  }
}

void unlocked_after_loop() {
  mu.lock();
  while (total > 0) {
    if (next() == 0) break;
    total--;
  }
  mu.unlock();
}

// Locked at the head of each round, let go in the middle.
void worker(const bool& stop) {
  mu.lock();
  while (!stop) {
    const int job = total;
    mu.unlock();
    if (job > 0) next();
    mu.lock();
  }
  mu.unlock();
}

int worker_with_return() {
  mu.lock();
  for (;;) {
    if (total == 0) {
      mu.unlock();
      return 0;
    }
    total--;
    mu.unlock();
    next();
    mu.lock();
  }
}

int ladder(int x) {
  int rc = -1;
  mu.lock();
  if (x < 0) goto out;
  total += x;
  if (total > 100) goto out;
  rc = 0;
out:
  mu.unlock();
  return rc;
}

int two_step_ladder(std::mutex& a, std::mutex& b, int x) {
  int rc = -1;
  a.lock();
  if (x < 0) goto unlock_a;
  b.lock();
  if (x == 0) goto unlock_b;
  rc = total += x;
unlock_b:
  b.unlock();
unlock_a:
  a.unlock();
  return rc;
}

void goes_back(int x) {
again:
  mu.lock();
  if (x-- > 0) {
    mu.unlock();
    goto again;
  }
  mu.unlock();
}

int never_comes_back(int x) {
  mu.lock();
  if (x < 0) die("negative");
  if (x == 1) std::abort();
  if (x == 2) fail();
  CHECK(x < 100);
  assert(x != 50);
  total += x;
  mu.unlock();
  return 0;
}

void caught(int x) {
  mu.lock();
  try {
    if (x < 0) throw std::invalid_argument("negative");
    total = table.at(x);
  } catch (const std::exception&) {
    total = 0;
  }
  mu.unlock();
}

int caught_and_unlocked(int x) {
  mu.lock();
  try {
    total = table.at(x);
    mu.unlock();
    return total;
  } catch (...) {
    mu.unlock();
    throw;
  }
}

// An exception cannot leave; the program ends.
void quiet(int x) noexcept {
  mu.lock();
  if (x < 0) throw std::invalid_argument("negative");
  total += x;
  mu.unlock();
}

// An unknown function may throw or not; that alone is no finding.
void calls_unknown() {
  mu.lock();
  next();
  mu.unlock();
}

struct Node {
  std::mutex mu;
  int value = 0;
  Node* next = nullptr;
  std::unique_ptr<Node> child;
};

void list_walk(Node* head) {
  for (Node* node = head; node != nullptr; node = node->next) {
    node->mu.lock();
    node->value++;
    node->mu.unlock();
  }
}

// Hand over hand.
int hand_over_hand(Node* head, int x) {
  Node* node = head;
  node->mu.lock();
  while (node->next != nullptr) {
    Node* after = node->next;
    after->mu.lock();
    node->mu.unlock();
    node = after;
    if (node->value == x) break;
  }
  const int result = node->value;
  node->mu.unlock();
  return result;
}

void by_reference_and_pointer(Node& node, std::vector<Node*>& nodes) {
  Node* alias = &node;
  alias->mu.lock();
  node.value++;
  node.mu.unlock();
  std::mutex& inner = nodes[2]->mu;
  inner.lock();
  nodes[2]->value++;
  nodes[2]->mu.unlock();
  node.child->mu.lock();
  if (node.child->value > 3) node.child->value = 0;
  node.child->mu.unlock();
}

std::mutex& mutex_of(int shard);
Node* node_of(int shard);
void by_getter(int shard) {
  mutex_of(shard).lock();
  total++;
  mutex_of(shard).unlock();
  node_of(shard)->mu.lock();
  total++;
  node_of(shard)->mu.unlock();
}

void destroyed(Node* node) {
  node->mu.lock();
  node->value = 0;
  delete node;
}

std::recursive_mutex again;
void recursive(int depth) {
  again.lock();
  again.lock();
  if (depth > 0) recursive(depth - 1);
  again.unlock();
  again.unlock();
}
