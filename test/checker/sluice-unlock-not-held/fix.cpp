// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --fix %t.cpp -- -std=c++20
// RUN: %FileCheck --match-full-lines %s < %t.cpp
// RUN: %sluice_check %t.cpp -- -std=c++20
#include <shared_mutex>

std::shared_mutex mu;
int total;

void reads() {
  mu.lock_shared();
  total++;
  mu.unlock();
  // CHECK: mu.unlock_shared();
}
void writes() {
  mu.lock();
  total--;
  mu.unlock_shared();
  // CHECK: mu.unlock();
}
