// Fan-out and fan-in: several goroutines read from one channel, each writes to a channel of its
// own, and `merge` brings those together into one.
#include <cstdio>
#include <memory>
#include <vector>

#include <sluice/sluice.hpp>

sluice::RecvChan<int> numbers(int count) {
  auto out = sluice::make_chan<int>();
  sluice::go([=] {
    for (int n = 1; n <= count; ++n) out.send(n);
    out.close();
  });
  return out;
}

sluice::RecvChan<int> cubes(sluice::RecvChan<int> in) {
  auto out = sluice::make_chan<int>();
  sluice::go([=] {
    for (int n : in) out.send(n * n * n);
    out.close();
  });
  return out;
}

sluice::RecvChan<int> merge(const std::vector<sluice::RecvChan<int>>& inputs) {
  auto out = sluice::make_chan<int>();
  // Shared by the goroutines that copy and the one that waits for them: it lives as long as any.
  auto copying = std::make_shared<sluice::WaitGroup>();
  for (const auto& in : inputs) {
    copying->add();
    sluice::go([=] {
      sluice::Defer done{[&] { copying->done(); }};
      for (int n : in) out.send(n);
    });
  }
  sluice::go([=] {
    copying->wait();
    out.close();
  });
  return out;
}

int main() {
  return sluice::run([] {
    auto in = numbers(50);
    int total = 0;
    for (int cube : merge({cubes(in), cubes(in), cubes(in)})) total += cube;
    std::printf("sum of the first 50 cubes: %d\n", total);
  });
}
