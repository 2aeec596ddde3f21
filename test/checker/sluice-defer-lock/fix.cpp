// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --checks=-*,sluice-defer-lock --fix %t.cpp -- -std=c++20 -isystem %runtime_include
// RUN: %FileCheck --match-full-lines %s < %t.cpp
// RUN: %sluice_check %t.cpp -- -std=c++20 -isystem %runtime_include
#include <sluice/sluice.hpp>

sluice::Mutex mu;
sluice::RWMutex rw;

void exclusive() {
  mu.lock();
  sluice::Defer release{[&] { mu.lock(); }};
  // CHECK: sluice::Defer release{[&] { mu.unlock(); }};
}
void shared() {
  rw.lock_shared();
  SLUICE_DEFER { rw.lock_shared(); };
  // CHECK: SLUICE_DEFER { rw.unlock_shared(); };
}
