// RUN: %check_all %s
// Who waits may find nothing to wait for.
#include <sluice/sluice.hpp>

void work();

void inside() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    sluice::go([&] {
      wg.add();  // expected-warning {{the goroutine adds itself to 'wg', whose wait may be over before it runs}}
      sluice::Defer done{[&] { wg.done(); }};
      work();
    });
  }
  wg.wait();
}

struct Server {
  void start() {
    sluice::go([this] {
      connections.add(1);  // expected-warning {{the goroutine adds itself to 'connections'}}
      work();
      connections.done();
    });
  }
  sluice::WaitGroup connections;
};
