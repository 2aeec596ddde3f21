// A small bank. Three tellers carry out the transfers that arrive over a channel; at closing time
// an auditor adds up the accounts and compares them with the ledger. It ends and its books balance,
// and yet it can hang: a teller locks `accounts`, then `ledger`, the auditor `ledger`, then
// `accounts`, and only the clock keeps them apart. SLUICE_DEBUG=1 reports it (SL101) all the same.
#include <chrono>
#include <cstdio>
#include <vector>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

constexpr int kAccounts = 10;
constexpr long kOpeningCents = 1000'00;

struct Transfer {
  int from;
  int to;
  long cents;
};

struct Audit {
  long total_cents;
  std::size_t booked;
  bool ledger_agrees;
};

class Bank {
 public:
  Bank() : balances_(kAccounts, kOpeningCents) {
    sluice::debug::name(&accounts_mu_, "accounts");
    sluice::debug::name(&ledger_mu_, "ledger");
  }

  // Moves the money and writes it down; false, and nothing has changed, when it can't be done.
  bool transfer(const Transfer& order) {
    sluice::Lock accounts(accounts_mu_);
    if (!known(order.from) || !known(order.to) || balances_[order.from] < order.cents) return false;
    balances_[order.from] -= order.cents;
    balances_[order.to] += order.cents;
    write_down(order);
    return true;
  }

  // What the ledger says happened to the opening balances, against the balances there are.
  Audit audit() {
    sluice::Lock ledger(ledger_mu_);
    std::vector<long> expected(kAccounts, kOpeningCents);
    for (const Transfer& booked : ledger_) {
      expected[booked.from] -= booked.cents;
      expected[booked.to] += booked.cents;
    }
    sluice::Lock accounts(accounts_mu_);  // the other order: NOLINT(sluice-lock-order)
    long total = 0;
    for (long balance : balances_) total += balance;
    return {total, ledger_.size(), expected == balances_};
  }

 private:
  static bool known(int account) { return account >= 0 && account < kAccounts; }

  void write_down(const Transfer& order) {
    sluice::Lock ledger(ledger_mu_);
    ledger_.push_back(order);
  }

  sluice::Mutex accounts_mu_;
  std::vector<long> balances_ SLUICE_GUARDED_BY(accounts_mu_);
  sluice::Mutex ledger_mu_;
  std::vector<Transfer> ledger_ SLUICE_GUARDED_BY(ledger_mu_);
};

void teller(Bank& bank, sluice::RecvChan<Transfer> orders, sluice::SendChan<bool> outcomes) {
  for (const Transfer& order : orders) outcomes.send(bank.transfer(order));
}

void auditor(Bank& bank, sluice::SendChan<Audit> findings) {
  sluice::sleep_for(50ms);  // closing time; nothing but this keeps the tellers out of the way
  findings.send(bank.audit());
}

// 300 orders that do not depend on when they run, and three that name no account of this bank.
void send_orders(sluice::SendChan<Transfer> orders) {
  for (int i = 0; i < 300; ++i) {
    orders.send({i % kAccounts, (i * 7 + 3) % kAccounts, 1'00 + i % 20 * 50});
    if (i % 100 == 99) orders.send({i % kAccounts, kAccounts, 5'00});
  }
  orders.close();
}

int main() {
  return sluice::run([] {
    Bank bank;
    auto orders = sluice::make_chan<Transfer>(8);
    auto outcomes = sluice::make_chan<bool>(8);
    auto findings = sluice::make_chan<Audit>();

    sluice::WaitGroup tellers;
    for (const char* name : {"teller 1", "teller 2", "teller 3"}) {
      tellers.add();
      sluice::go({.name = name}, [&, orders, outcomes] {
        sluice::Defer done{[&] { tellers.done(); }};
        teller(bank, orders, outcomes);
      });
    }
    sluice::go({.name = "auditor"}, [&, findings] { auditor(bank, findings); });
    sluice::go({.name = "orders"}, [=] { send_orders(orders); });
    sluice::go({.name = "end of day"}, [&, outcomes] {
      tellers.wait();
      outcomes.close();
    });

    int booked = 0;
    int refused = 0;
    for (bool done : outcomes) (done ? booked : refused)++;
    std::printf("tellers: %d transfers booked, %d refused\n", booked, refused);

    const Audit audit = *findings.recv();
    std::printf("auditor: %zu transfers in the ledger, %ld.%02ld in %d accounts, %s\n",
                audit.booked, audit.total_cents / 100, audit.total_cents % 100, kAccounts,
                audit.ledger_agrees ? "the books balance" : "THE BOOKS DO NOT BALANCE");
    return audit.ledger_agrees ? 0 : 1;
  });
}
