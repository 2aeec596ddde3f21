// RUN: %check_all %s
// expected-no-diagnostics
#include <chrono>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

void once(sluice::Chan<int> requests) {
  sluice::select(on_recv(requests), on_recv(sluice::after(1min)));
  const auto deadline = sluice::after(1min);
  for (int i = 0; i < 10; ++i) {
    if (sluice::select(on_recv(requests), on_recv(deadline)) == 1) return;
  }
  for (int i = 0; i < 3; ++i) sluice::select(on_recv(requests), on_recv(sluice::after(1min)));
  for (;;) {
    if (sluice::select(on_recv(requests), on_recv(sluice::after(20ms))) == 0) break;
  }
  // A goroutine a round has a timer of its own.
  for (int i = 0; i < 10; ++i) {
    sluice::go([=] { sluice::select(on_recv(requests), on_recv(sluice::after(1min))); });
  }
}
