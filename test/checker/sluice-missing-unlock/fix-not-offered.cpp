// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --fix %t.cpp -- -std=c++20 2>&1 | %FileCheck %s
// RUN: diff %s %t.cpp
// Where an unlock could be wrong nothing is changed: the returned value needs the lock, the lock has another name by
// then, only some of the paths hold it, or it is in a macro.
// CHECK: sluice-check: fixed 0 of 4 findings
#include <memory>
#include <mutex>
#include <vector>

std::mutex mu;
std::vector<int> values;
int limit;
#define LOCK() mu.lock()

int reads_protected(int x) {
  mu.lock();
  if (x < 0) return values.front();
  mu.unlock();
  return 0;
}

struct Node {
  std::mutex mu;
  int value = 0;
};
int renamed(Node* node, Node* other, int x) {
  node->mu.lock();
  if (x < 0) {
    node = other;
    return -1;
  }
  node->mu.unlock();
  return 0;
}

int only_some(int x) {
  bool locked = false;
  if (x > 3) {
    mu.lock();
    locked = true;
  }
  if (x == 10 || x < 0) return -1;
  if (locked) mu.unlock();
  return 0;
}

int by_macro(int x) {
  LOCK();
  if (x < 0) return -1;
  mu.unlock();
  return 0;
}
