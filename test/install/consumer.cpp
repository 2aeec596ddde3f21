// A program as a user would write it, built against the installed library: prints "sum 10".
#include <cstdio>
#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    auto numbers = sluice::make_chan<int>(2);
    sluice::Mutex mu;
    sluice::WaitGroup wg;
    int sum = 0;
    for (int worker = 0; worker < 3; ++worker) {
      wg.go([&] {
        for (int number : numbers) {
          sluice::Lock lock(mu);
          sum += number;
        }
      });
    }
    for (int number = 1; number <= 4; ++number) numbers.send(number);
    numbers.close();
    wg.wait();
    std::printf("sum %d\n", sum);
    return sum == 10 ? 0 : 1;
  });
}
