// Two locks at once: `std::scoped_lock` takes both without an order of its own, so transfers in
// opposite directions can't deadlock. buggy/lock_inversion.cpp takes them one by one.
// From the API's description.
#include <cstdio>
#include <mutex>

#include <sluice/sluice.hpp>

struct Account {
  sluice::Mutex mu;
  int balance = 0;
};

void transfer(Account& from, Account& to, int amount) {
  std::scoped_lock both(from.mu, to.mu);
  from.balance -= amount;
  to.balance += amount;
}

int main() {
  return sluice::run([] {
    Account a;
    Account b;
    a.balance = 5000;
    b.balance = 5000;
    sluice::WaitGroup wg;
    wg.go([&] {
      for (int i = 0; i < 1000; ++i) transfer(a, b, 3);
    });
    wg.go([&] {
      for (int i = 0; i < 1000; ++i) transfer(b, a, 1);
    });
    wg.wait();
    std::printf("a %d, b %d\n", a.balance, b.balance);
  });
}
