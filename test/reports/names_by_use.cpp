// Members of objects on the heap that nobody named are called what the line that uses them calls them.
// RUN: %not env SLUICE_DEBUG=check %programs/names_by_use 2>&1 | %FileCheck %s
#include <memory>
#include <sluice/sluice.hpp>

class Shop {
 public:
  void order() {
    sluice::Lock lock(stock_mu_);
    orders_.send(1);
  }
  void serve() {
    sluice::Lock lock(stock_mu_);
    orders_.recv();
  }
  void close() { sluice::select(on_recv(done_), on_recv(closing_)); }

 private:
  sluice::Mutex stock_mu_;
  sluice::Chan<int> orders_ = sluice::make_chan<int>();
  sluice::Chan<> done_ = sluice::make_chan();
  sluice::Chan<> closing_ = sluice::make_chan();
};

int main() {
  return sluice::run([] {
    auto shop = std::make_unique<Shop>();
    sluice::go({.name = "customer"}, [&] { shop->order(); });
    sluice::yield();
    sluice::go({.name = "clerk"}, [&] { shop->serve(); });
    shop->close();
  });
}
// CHECK-DAG: root cause: main waits in a select of 2: recv 'done_' (unbuffered), recv 'closing_' (unbuffered), and nobody is left for any of them
// CHECK-DAG: root cause: goroutine {{[0-9]+}} waits to {{send on|receive from}} 'orders_', and nobody is left
// CHECK: goroutine {{[0-9]+}} lock 'stock_mu_'
