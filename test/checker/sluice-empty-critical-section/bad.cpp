// RUN: %check_all %s
// Locked, and nothing is done under the lock.
#include <mutex>
#include <shared_mutex>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
std::mutex plain;
std::shared_mutex shared;
int total;

void at_once() {
  mu.lock();  // expected-warning {{'mu' is unlocked right after it was locked: nothing is done under it}}
  mu.unlock();
  total++;
}

void without_a_name() {
  std::lock_guard<std::mutex>{plain};  // expected-warning {{this guard has no name, so it unlocks 'plain' at once}}
  total++;
}
void of_ours() {
  sluice::Lock{mu};  // expected-warning {{this guard has no name, so it unlocks 'mu' at once}}
  total++;
}
void deduced() {
  std::scoped_lock{plain};  // expected-warning {{this guard has no name}}
  total++;
}
void reading() {
  std::shared_lock<std::shared_mutex>{shared};  // expected-warning {{this guard has no name}}
  total++;
}

class Account {
 public:
  void deposit(int amount) {
    std::unique_lock<std::mutex>(mu_);  // expected-warning {{this declares a guard that is called 'mu_' and locks nothing}}
    balance_ += amount;
  }
  void withdraw(int amount) {
    mu_.lock();  // expected-warning {{'mu_' is unlocked right after it was locked}}
    mu_.unlock();
    balance_ -= amount;
  }

 private:
  std::mutex mu_;
  int balance_ = 0;
};
