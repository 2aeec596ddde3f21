// Mistake: a forgotten unlock. `take` leaves by its early return with `stock_mu` locked, so the
// next clerk waits for ever and main waits for the clerk. Mended: `sluice::Lock lock(stock_mu);`
// instead of lock() and unlock().
#include <cstdio>
#include <map>
#include <string>

#include <sluice/sluice.hpp>

sluice::Mutex stock_mu;
std::map<std::string, int> stock = {{"coffee", 3}, {"milk", 5}};

bool take(const std::string& item) {
  stock_mu.lock();
  const auto found = stock.find(item);
  if (found == stock.end()) return false;  // still locked
  found->second--;
  stock_mu.unlock();
  return true;
}

int main() {
  return sluice::run([] {
    for (const char* item : {"milk", "tea", "coffee"}) {
      sluice::WaitGroup clerk;
      sluice::debug::name(&clerk, "clerk");
      clerk.add();
      sluice::go({.name = item}, [&] {
        sluice::Defer done{[&] { clerk.done(); }};
        std::printf("%s: %s\n", item, take(item) ? "taken" : "not in stock");
      });
      clerk.wait();
    }
  });
}
