// Mistake: a double lock. `deposit` holds `account_mu` and calls `print_balance`, which locks it
// again: the goroutine waits for itself. Go's Mutex does the same, a Mutex knows no owner.
// Mended: an inner function that is called with the lock held and does not take it.
#include <cstdio>

#include <sluice/sluice.hpp>

sluice::Mutex account_mu;
long balance = 0;

void print_balance() {
  sluice::Lock lock(account_mu);
  std::printf("balance: %ld\n", balance);
}

void deposit(long amount) {
  sluice::Lock lock(account_mu);
  balance += amount;
  print_balance();
}

int main() {
  return sluice::run([] { deposit(100); });
}
