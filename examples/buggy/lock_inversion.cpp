// Mistake: a lock-order inversion. One goroutine holds `accounts` and asks for `audit`, the other
// holds `audit` and asks for `accounts`. Here they meet in between, so it hangs every time.
// Mended: the same order everywhere, or `std::scoped_lock both(accounts, audit);`.
#include <cstdio>

#include <sluice/sluice.hpp>

sluice::Mutex accounts;
sluice::Mutex audit;

void transfer(sluice::SendChan<> meeting) {
  sluice::Lock first(accounts);
  meeting.send();
  sluice::Lock second(audit);
  std::puts("transferred");
}

void inspect(sluice::RecvChan<> meeting) {
  sluice::Lock first(audit);
  meeting.recv();
  sluice::Lock second(accounts);
  std::puts("inspected");
}

int main() {
  return sluice::run([] {
    auto meeting = sluice::make_chan();
    sluice::WaitGroup wg;
    wg.add(2);
    sluice::go({.name = "transfer"}, [&] {
      sluice::Defer done{[&] { wg.done(); }};
      transfer(meeting);
    });
    sluice::go({.name = "auditor"}, [&] {
      sluice::Defer done{[&] { wg.done(); }};
      inspect(meeting);
    });
    wg.wait();
  });
}
