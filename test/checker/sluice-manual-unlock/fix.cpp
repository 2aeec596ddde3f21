// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --strict --checks=sluice-manual-unlock --fix %t.cpp -- -std=c++20 -isystem %runtime_include
// RUN: %FileCheck --match-full-lines --strict-whitespace %s < %t.cpp
// RUN: %sluice_check --strict --checks=sluice-manual-unlock %t.cpp -- -std=c++20 -isystem %runtime_include
#include <pthread.h>

#include <mutex>
#include <shared_mutex>

#include <sluice/sluice.hpp>

int work(int);

sluice::Mutex mu;
sluice::RWMutex table_mu;
std::mutex plain;
std::shared_mutex shared;
pthread_mutex_t posix = PTHREAD_MUTEX_INITIALIZER;
int total;

void of_ours(int amount) {
  mu.lock();
  total += work(amount);
  mu.unlock();
}
//      CHECK:void of_ours(int amount) {
// CHECK-NEXT:  sluice::Lock guard(mu);
// CHECK-NEXT:  total += work(amount);
// CHECK-NEXT:}

void reading() {
  table_mu.lock_shared();
  work(total);
  table_mu.unlock_shared();
}
//      CHECK:void reading() {
// CHECK-NEXT:  sluice::SharedLock guard(table_mu);
// CHECK-NEXT:  work(total);
// CHECK-NEXT:}

int of_the_standard(std::mutex* given) {
  given->lock();
  const int seen = total;
  given->unlock();
  return seen;
}
//      CHECK:int of_the_standard(std::mutex* given) {
// CHECK-NEXT:  std::lock_guard guard(*given);
// CHECK-NEXT:  const int seen = total;
// CHECK-NEXT:  return seen;
// CHECK-NEXT:}

void reading_the_standard() {
  shared.lock_shared();
  work(total);
  shared.unlock_shared();
}
//      CHECK:void reading_the_standard() {
// CHECK-NEXT:  std::shared_lock guard(shared);
// CHECK-NEXT:  work(total);
// CHECK-NEXT:}

void in_a_round(int guard) {
  for (int i = 0; i < guard; ++i) {
    mu.lock();
    total += i;
    mu.unlock();
  }
}
//      CHECK:  for (int i = 0; i < guard; ++i) {
// CHECK-NEXT:    sluice::Lock held(mu);
// CHECK-NEXT:    total += i;
// CHECK-NEXT:  }

void of_posix() {
  pthread_mutex_lock(&posix);
  total = work(total);
  pthread_mutex_unlock(&posix);
}
//      CHECK:void of_posix() {
// CHECK-NEXT:  pthread_mutex_lock(&posix);
// CHECK-NEXT:  sluice::Defer guard{[&] { pthread_mutex_unlock(&posix); }};
// CHECK-NEXT:  total = work(total);
// CHECK-NEXT:}
