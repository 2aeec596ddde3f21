// The pipeline with a Context instead of a done channel: what ends the context ends every stage.
// The stages take it as their first argument, as in Go, and a deadline comes with it for nothing.
// From the API's description.
#include <chrono>
#include <cstdio>
#include <numeric>
#include <utility>
#include <vector>

#include <sluice/context.hpp>
#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

sluice::RecvChan<int> generate(sluice::Context ctx, std::vector<int> nums) {
  auto out = sluice::make_chan<int>();
  sluice::go([=] {
    sluice::Defer close{[&] { out.close(); }};
    for (int n : nums) {
      switch (sluice::select(sluice::on_send(out, n), sluice::on_recv(ctx.done()))) {
        case 0:
          break;
        case 1:
          return;
      }
    }
  });
  return out;
}

int main() {
  return sluice::run([] {
    std::vector<int> nums(1000);
    std::iota(nums.begin(), nums.end(), 1);

    auto [ctx, cancel] = sluice::with_timeout(sluice::Context::background(), 10s);
    auto numbers = generate(ctx, std::move(nums));
    int sum = 0;
    for (int n : numbers) {
      sum += n;
      if (n == 10) break;
    }
    std::printf("sum of the first ten: %d\n", sum);

    cancel();  // the rest is not wanted; the stage ends and closes its channel
    int after_cancel = 0;
    while (numbers.recv()) after_cancel++;
    std::printf("the stage has ended: %s\n", after_cancel < 990 ? "yes" : "no, it sent everything");
    std::printf("why: %s\n", ctx.err().message().c_str());
  });
}
