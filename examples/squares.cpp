// The program of README.md: four workers square what they are sent, main adds up.
#include <cstdio>

#include <sluice/sluice.hpp>

int main() {
  return sluice::run([] {
    auto numbers = sluice::make_chan<int>();
    auto squares = sluice::make_chan<int>();
    sluice::WaitGroup workers;
    for (int id = 0; id < 4; ++id) {
      workers.go([=] {
        for (int n : numbers) squares.send(n * n);
      });
    }
    sluice::go([=] {
      for (int n = 1; n <= 100; ++n) numbers.send(n);
      numbers.close();
    });
    sluice::go([&workers, squares] {
      workers.wait();
      squares.close();
    });
    int sum = 0;
    for (int square : squares) sum += square;
    std::printf("the sum of the first 100 squares is %d\n", sum);
  });
}
