// sayHello and its PROBLEM: main may end before the goroutine has had a chance to run. The sleep
// hides that here and is a bad way to synchronise; buggy/main_ends_first.cpp shows the program
// without it, workers.cpp the right way. Go's original sleeps 1 s. The lines come in either order.
#include <chrono>
#include <cstdio>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

void say_hello() { std::puts("Hello from the goroutine!"); }

int main() {
  return sluice::run([] {
    sluice::go(say_hello);
    std::puts("Hello from the main function!");
    sluice::sleep_for(100ms);
  });
}
