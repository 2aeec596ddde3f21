// sayHello: fire a goroutine and sleep, hoping that it has run by then. Main goes on without
// waiting. Go's original sleeps 1 s; 100 ms is as good, and as bad: a sleep is no synchronisation
// (print_message.cpp does it right).
#include <chrono>
#include <cstdio>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

void say_hello() { std::puts("Hello, World!"); }

int main() {
  return sluice::run([] {
    sluice::go(say_hello);     // runs in a goroutine of its own
    sluice::sleep_for(100ms);  // gives it time to run
  });
}
