// RUN: %check_all %s
// A new timer in each round.
#include <chrono>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

void serve(sluice::Chan<int> requests) {
  for (;;) {
    std::optional<int> request;
    switch (sluice::select(on_recv(requests, request), on_recv(sluice::after(1min)))) {  // expected-warning {{this makes a timer in each round of the loop}}
      case 0:
        break;
      case 1:
        return;
    }
  }
}
