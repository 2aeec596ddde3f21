// RUN: %check_all --strict --checks=sluice-manual-unlock %s
// Locked and unlocked by hand where a scope would do.
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

void to_the_end(int amount) {
  mu.lock();  // expected-warning {{'mu' is locked and unlocked by hand; a guard would unlock it on every way out}}
  total += work(amount);
  mu.unlock();
}
void in_the_middle(int amount) {
  plain.lock();  // expected-warning {{'plain' is locked and unlocked by hand}}
  total += amount;
  plain.unlock();
  work(amount);
}
int before_the_result() {
  mu.lock();  // expected-warning {{'mu' is locked and unlocked by hand}}
  const int seen = total;
  mu.unlock();
  return seen;
}
void in_a_loop(int rounds) {
  for (int i = 0; i < rounds; ++i) {
    mu.lock();  // expected-warning {{'mu' is locked and unlocked by hand}}
    for (int k = 0; k < i; ++k) {
      if (k == total) break;
      ++total;
    }
    mu.unlock();
  }
}
void reading() {
  table_mu.lock_shared();  // expected-warning {{'table_mu' is locked and unlocked by hand}}
  work(total);
  table_mu.unlock_shared();
  shared.lock_shared();  // expected-warning {{'shared' is locked and unlocked by hand}}
  work(total);
  shared.unlock_shared();
}
void of_posix() {
  pthread_mutex_lock(&posix);  // expected-warning {{'posix' is locked and unlocked by hand}}
  total = work(total);
  pthread_mutex_unlock(&posix);
}

struct Account {
  std::mutex mu;
  int balance = 0;
};
void deposit(Account* account, int amount) {
  account->mu.lock();  // expected-warning {{'account->mu' is locked and unlocked by hand}}
  account->balance += amount;
  account->mu.unlock();
}
