// RUN: %check_all %s
// expected-no-diagnostics
#include <mutex>
#include <shared_mutex>
#include <vector>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
sluice::RWMutex rw;
std::recursive_mutex recursive;
std::mutex plain;
int total;

void again() {
  mu.lock();
  total++;
  mu.unlock();
  mu.lock();
  total++;
  mu.unlock();
}
void owner() {
  std::lock_guard<std::recursive_mutex> outer(recursive);
  std::lock_guard<std::recursive_mutex> inner(recursive);
  recursive.lock();
  recursive.unlock();
}
void tries() {
  mu.lock();
  if (mu.try_lock()) mu.unlock();
  std::unique_lock<std::mutex> guard(plain);
  std::unique_lock<std::mutex> other(plain, std::try_to_lock);
  mu.unlock();
}
void let_go(int x) {
  std::unique_lock<std::mutex> guard(plain);
  guard.unlock();
  if (x > 0) {
    std::lock_guard<std::mutex> inner(plain);
    total++;
  }
  guard.lock();
}

// Under a condition that the caller's lock excludes.
struct Table {
  bool locked = false;
  sluice::Mutex mu;
  void touch() {
    if (!locked) mu.lock();
    total++;
    if (!locked) mu.unlock();
  }
  void all() {
    mu.lock();
    locked = true;
    touch();
    locked = false;
    mu.unlock();
  }
};
void all_of(Table& t) { t.all(); }

// Gives the caller's lock up for a while.
void call_out(void (*f)()) {
  mu.unlock();
  f();
  mu.lock();
}
void waits(void (*f)()) {
  mu.lock();
  call_out(f);
  mu.unlock();
}

// Two of a kind.
struct Node {
  sluice::Mutex mu;
  Node* next = nullptr;
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
void every(std::vector<Node>& nodes) {
  for (Node& node : nodes) node.mu.lock();
  for (Node& node : nodes) node.mu.unlock();
}
void pair(Node& a, Node& b) {
  a.mu.lock();
  b.mu.lock();
  total++;
  b.mu.unlock();
  a.mu.unlock();
}
void reads() {
  rw.lock_shared();
  total++;
  rw.unlock_shared();
}

// One that counts.
class RecursiveMutex {
 public:
  void lock() {
    if (depth_++ == 0) mu_.lock();
  }
  void unlock() {
    if (--depth_ == 0) mu_.unlock();
  }

 private:
  int depth_ = 0;
  sluice::Mutex mu_;
};
void counts(RecursiveMutex& m) {
  m.lock();
  m.lock();
  m.unlock();
  m.unlock();
}
