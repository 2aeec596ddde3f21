// A program that reads from a pipe as programs do that know nothing of goroutines: prints "parked"
// when the hooks of sluice::hook are there, "blocked" when its thread waits.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include <sluice/sluice.hpp>

int main() {
  return sluice::run({.workers = 1}, [] {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    char byte = 0;
    sluice::WaitGroup reading;
    reading.go([&] { byte = read(ends[0], &byte, 1) == 1 ? byte : '?'; });
    sluice::sleep_for(std::chrono::milliseconds(50));  // it has begun: this goroutine runs again
    const std::string goroutines = sluice::debug::goroutine_dump();
    const bool parked = goroutines.find("[IO wait") != std::string::npos;
    if (write(ends[1], "x", 1) != 1) return 1;
    reading.wait();
    std::printf("%s\n", parked ? "parked" : "blocked");
    return byte == 'x' ? 0 : 1;
  });
}
