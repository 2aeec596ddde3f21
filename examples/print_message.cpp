// printMessage: main waits for two goroutines with a WaitGroup instead of sleeping.
// The two lines come in either order.
#include <cstdio>
#include <string>

#include <sluice/sluice.hpp>

void print_message(const std::string& message, sluice::WaitGroup* wg) {
  sluice::Defer done{[&] { wg->done(); }};  // tells that this goroutine has finished
  std::puts(message.c_str());
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.add(2);  // two goroutines

    sluice::go(print_message, "Hello", &wg);
    sluice::go(print_message, "Goroutines", &wg);

    wg.wait();  // until both have finished
  });
}
