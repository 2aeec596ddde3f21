// RUN: %check_all %s
// Who waits for a lock that he holds waits for ever.
#include <mutex>
#include <shared_mutex>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
sluice::RWMutex rw;
std::mutex plain;
std::shared_mutex shared;
int total;

void twice() {
  mu.lock();
  total++;
  mu.lock();  // expected-warning {{'mu' is locked again while it is held; it was locked on line 15, and nobody else can unlock it}}
  total++;
  mu.unlock();
}

void guards(int x) {
  std::lock_guard<std::mutex> outer(plain);
  if (x > 0) {
    std::lock_guard<std::mutex> inner(plain);  // expected-warning {{'plain' is locked again while it is held}}
    total += x;
  }
}

void upgrade() {
  rw.lock_shared();
  if (total == 0) {
    rw.lock();  // expected-warning {{'rw' is locked again while it is held for reading}}
    total = 1;
    rw.unlock();
  }
  rw.unlock_shared();
}

void downgrade() {
  std::unique_lock<std::shared_mutex> writer(shared);
  std::shared_lock<std::shared_mutex> reader(shared);  // expected-warning {{'shared' is locked again for reading while it is held}}
  total++;
}

class Account {
 public:
  int balance() {
    sluice::Lock lock(mu_);
    return balance_;
  }
  void withdraw(int amount) {
    sluice::Lock lock(mu_);
    if (balance() < amount) return;  // expected-warning {{'balance' locks 'mu_', which is held here}}
    balance_ -= amount;
  }
  void close() {
    mu_.lock();
    audit();  // expected-warning {{'audit' locks 'mu_', which is held here}}
    mu_.unlock();
  }

 private:
  void audit() { total += balance(); }
  sluice::Mutex mu_;
  int balance_ = 0;
};
void uses(Account& a) {
  a.withdraw(1);
  a.close();
}
