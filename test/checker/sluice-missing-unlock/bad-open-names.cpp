// RUN: %check_all %s
// Locks that other files could release, if they had a name for them or were meant to.
#include <mutex>
#include <string>
#include <vector>

#include "Inputs/registry.hpp"

// No header declares it.
std::mutex settings_mu;
std::vector<std::string> settings;
void set(const std::string& value) {
  settings_mu.lock();
  settings.push_back(value);
}  // expected-warning {{'settings_mu' is still locked at the end of 'set'}}

// The class is this file's, its members are anybody's in it.
struct Account {
  std::mutex mu;
  int balance = 0;
};
void deposit(Account& account, int amount) {
  account.mu.lock();
  account.balance += amount;
}  // expected-warning {{'account.mu' is still locked at the end of 'deposit'}}

// Others know of this one, but what is done under the lock is done here.
void enroll(Registry& registry, int id) {
  registry.mu.lock();
  registry.ids.push_back(id);
}  // expected-warning {{'registry.mu' is still locked at the end of 'enroll'}}
int count_of(Registry& registry) {
  registry.mu.lock();
  return static_cast<int>(registry.ids.size());  // expected-warning {{'registry.mu' is still locked when 'count_of' returns here}}
}
