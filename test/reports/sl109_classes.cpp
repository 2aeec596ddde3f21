// Accounts are locked before their logs here, and other logs before their accounts there: no two goroutines have used
// the same locks, but the habit is one of two orders. Told to those who ask.
// RUN: env SLUICE_DEBUG=check,classes %programs/sl109_classes 2>&1 | %FileCheck %s
// RUN: env SLUICE_DEBUG=check %programs/sl109_classes 2>&1 | %FileCheck --allow-empty --check-prefix=PLAIN %s
#include <memory>
#include <sluice/sluice.hpp>

struct Account {
  sluice::Mutex mu;
  int money = 100;
};
struct Log {
  sluice::Mutex mu;
  int lines = 0;
};

[[gnu::noinline]] std::unique_ptr<Account> new_account() { return std::make_unique<Account>(); }
[[gnu::noinline]] std::unique_ptr<Log> new_log() { return std::make_unique<Log>(); }

[[gnu::noinline]] void pay(Account& account, Log& log) {
  sluice::Lock a(account.mu);
  sluice::Lock l(log.mu);
  --account.money;
  ++log.lines;
}

[[gnu::noinline]] void audit(Account& account, Log& log) {
  sluice::Lock l(log.mu);
  sluice::Lock a(account.mu);
  log.lines += account.money;
}

int main() {
  return sluice::run([] {
    auto mine = new_account(), yours = new_account();
    auto my_log = new_log(), your_log = new_log();
    sluice::WaitGroup wg;
    wg.go([&] { pay(*mine, *my_log); });
    wg.go([&] { audit(*yours, *your_log); });
    wg.wait();
  });
}
// CHECK: sluice: note[SL109]: lock-order inversion
// CHECK-NEXT: certainty: pattern - other locks of the same kinds, made at the same places, may meet in these orders
// CHECK-DAG: sl109_classes.cpp:21 pay
// CHECK-DAG: sl109_classes.cpp:22 pay
// CHECK-DAG: sl109_classes.cpp:28 audit
// CHECK-DAG: sl109_classes.cpp:29 audit
// PLAIN-NOT: SL
