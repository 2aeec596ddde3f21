// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --fix %t.cpp -- -std=c++20 -isystem %runtime_include
// RUN: %FileCheck %s < %t.cpp
// RUN: %sluice_check %t.cpp -- -std=c++20 -isystem %runtime_include
#include <sluice/sluice.hpp>

void work();

// CHECK-LABEL: void inside() {
void inside() {
  sluice::WaitGroup wg;
  sluice::go([&] {
    wg.add();
    work();
    wg.done();
  });
  // CHECK: wg.add();
  // CHECK-NEXT: sluice::go([&] {
  // CHECK-NEXT: work();
  wg.wait();
}
