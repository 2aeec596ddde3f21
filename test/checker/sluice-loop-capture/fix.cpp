// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --fix %t.cpp -- -std=c++20 -isystem %runtime_include
// RUN: %FileCheck --match-full-lines %s < %t.cpp
// RUN: %sluice_check %t.cpp -- -std=c++20 -isystem %runtime_include
#include <sluice/sluice.hpp>

void use(int);

void all() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([&] { use(i); });
    // CHECK: wg.go([&, i] { use(i); });
    sluice::go([&i] { use(i); });
    // CHECK: sluice::go([i] { use(i); });
    sluice::go([&wg, &i] { use(i); });
    // CHECK: sluice::go([&wg, i] { use(i); });
  }
  wg.wait();
}
