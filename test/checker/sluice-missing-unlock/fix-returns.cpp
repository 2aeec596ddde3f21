// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --fix %t.cpp -- -std=c++20
// RUN: %FileCheck --match-full-lines --strict-whitespace %s < %t.cpp
// RUN: %sluice_check %t.cpp -- -std=c++20
// The inserted unlock stands where a person would write it, and the result is clean.
#include <mutex>
#include <stdexcept>
#include <string>

struct Account {
  std::mutex mu;
  int balance = 0;

  int early(int x) {
    mu.lock();
    if (x < 0) {
      return -1;
    }
    //      CHECK:    if (x < 0) {
    // CHECK-NEXT:      mu.unlock();
    // CHECK-NEXT:      return -1;
    if (x == 0) return 0;
    //      CHECK:    if (x == 0) { mu.unlock(); return 0; }
    balance += x;
    mu.unlock();
    return 1;
  }

  void at_the_end(int x) {
    mu.lock();
    if (x > 0) {
      mu.unlock();
      return;
    }
    balance = 0;
  }
  //      CHECK:    balance = 0;
  // CHECK-NEXT:    mu.unlock();
  // CHECK-NEXT:  }

  void throws(int x) {
    mu.lock();
    if (x < 0) {
      throw std::invalid_argument("negative");
    }
    //      CHECK:      mu.unlock();
    // CHECK-NEXT:      throw std::invalid_argument("negative");
    balance += x;
    mu.unlock();
  }

  int by_case(int kind) {
    mu.lock();
    switch (kind) {
      case 1: return 1;
        //      CHECK:      case 1: mu.unlock(); return 1;
      default: break;
    }
    mu.unlock();
    return 0;
  }
};

int by_pointer(Account* account, int x) {
  int result = -1;
  account->mu.lock();
  if (x < 0) return result;
  //      CHECK:  if (x < 0) { account->mu.unlock(); return result; }
  account->balance += x;
  account->mu.unlock();
  return 0;
}
