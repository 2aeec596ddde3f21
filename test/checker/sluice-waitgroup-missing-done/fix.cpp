// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --fix %t.cpp -- -std=c++20 -isystem %runtime_include
// RUN: %FileCheck --match-full-lines %s < %t.cpp
// RUN: %sluice_check %t.cpp -- -std=c++20 -isystem %runtime_include
#include <sluice/sluice.hpp>

int work(int);

void returns() {
  sluice::WaitGroup wg;
  wg.add();
  // CHECK: sluice::go([&] {
  // CHECK-NEXT: sluice::Defer done{[&] { wg.done(); }};
  // CHECK-NOT: wg.done();
  // CHECK: wg.wait();
  sluice::go([&] {
    if (work(1) < 0) return;
    work(2);
    wg.done();
  });
  wg.wait();
}
