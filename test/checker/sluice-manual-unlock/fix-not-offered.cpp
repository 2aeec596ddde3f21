// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --strict --checks=sluice-manual-unlock --fix %t.cpp -- -std=c++20 -isystem %runtime_include
// RUN: diff %s %t.cpp
// Told, and left to the programmer: a guard would hold the lock for longer.
#include <string>

#include <sluice/sluice.hpp>

void use(const std::string&);
void work();

sluice::Mutex mu;
int total;

// More is done after the unlock.
void goes_on() {
  mu.lock();
  ++total;
  mu.unlock();
  work();
}
// `name` would be destroyed under the lock.
void destroys() {
  mu.lock();
  std::string name = std::to_string(total);
  use(name);
  mu.unlock();
}
