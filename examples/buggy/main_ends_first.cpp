// Mistake: main ends first. Nobody waits for the goroutine, so the program ends before it has said
// hello, as a Go program does.
// Mended: a WaitGroup, or a channel that main receives from.
#include <chrono>
#include <cstdio>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

void say_hello() {
  sluice::sleep_for(2s);  // it takes a moment to get there
  std::puts("Hello from the goroutine!");
}

int main() {
  return sluice::run([] {
    sluice::go({.name = "hello"}, say_hello);
    std::puts("Hello from the main function!");
  });
}
