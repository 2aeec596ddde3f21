// Crosses what depends on the processor, in one program that an emulator runs in a second: context
// switches between workers, floating-point state, exceptions across a switch, stack traces'
// unwinding. Prints one line when all is well.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <sluice/sluice.hpp>

namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "aarch64 smoke: %s\n", what);
  std::exit(1);
}

// Every callee-saved register is busy, floating-point ones too, while other goroutines run in
// between.
double churn(int seed) {
  double values[12];
  for (int i = 0; i < 12; ++i) values[i] = std::sqrt(seed + i);
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 12; ++i) values[i] += values[(i + 1) % 12] * 1e-3;
    sluice::yield();
  }
  double sum = 0;
  for (double value : values) sum += value;
  return sum;
}

double churn_alone(int seed) {
  double values[12];
  for (int i = 0; i < 12; ++i) values[i] = std::sqrt(seed + i);
  for (int round = 0; round < 50; ++round)
    for (int i = 0; i < 12; ++i) values[i] += values[(i + 1) % 12] * 1e-3;
  double sum = 0;
  for (double value : values) sum += value;
  return sum;
}

void registers_survive() {
  constexpr int kGoroutines = 40;
  double results[kGoroutines];
  sluice::WaitGroup wg;
  for (int i = 0; i < kGoroutines; ++i) wg.go([&results, i] { results[i] = churn(i); });
  wg.wait();
  for (int i = 0; i < kGoroutines; ++i)
    require(results[i] == churn_alone(i), "a register was lost");
}

void exceptions_survive() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 20; ++i) {
    wg.go([i] {
      const std::string text = "exception " + std::to_string(i);
      try {
        throw std::runtime_error(text);
      } catch (const std::exception& caught) {
        for (int round = 0; round < 10; ++round) sluice::yield();
        require(caught.what() == text, "an exception was lost");
        require(std::current_exception() != nullptr, "the exception in flight was lost");
      }
    });
  }
  wg.wait();
}

void channels_work() {
  auto ch = sluice::make_chan<int>();
  sluice::go([ch] {
    for (int i = 1; i <= 100; ++i) ch.send(i);
    ch.close();
  });
  int sum = 0;
  for (int value : ch) sum += value;
  require(sum == 5050, "a channel lost values");
}

}  // namespace

int main() {
  sluice::Options options;
  options.workers = 3;
  return sluice::run(options, [] {
    registers_survive();
    exceptions_survive();
    channels_work();
    std::puts("aarch64 smoke: all parts work");
  });
}
