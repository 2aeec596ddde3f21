// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --fix %t.cpp -- -std=c++20 -isystem %runtime_include
// RUN: %FileCheck --match-full-lines %s < %t.cpp
// RUN: %sluice_check %t.cpp -- -std=c++20 -isystem %runtime_include
#include <mutex>

#include <sluice/sluice.hpp>

std::mutex plain;
sluice::Mutex mu;
int total;

void of_the_standard() {
  std::lock_guard<std::mutex>{plain};
  // CHECK: std::lock_guard<std::mutex> guard{plain};
  total++;
}
void of_ours() {
  sluice::Lock{mu};
  // CHECK: sluice::Lock guard{mu};
  total++;
}
