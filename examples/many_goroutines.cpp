// Goroutines are cheap: thousands wait on one channel at once and are released by closing it.
//   many_goroutines [how many]     10,000 unless told otherwise; each costs a page of memory
#include <cstdio>
#include <cstdlib>

#include <sluice/sluice.hpp>

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
  if (count < 1) {
    std::fprintf(stderr, "many_goroutines: '%s' is not a number of goroutines above 0\n", argv[1]);
    return 1;
  }
  return sluice::run([=] {
    auto release = sluice::make_chan();
    sluice::WaitGroup started;
    sluice::WaitGroup ended;
    started.add(count);
    for (int i = 0; i < count; ++i) {
      ended.go([&, release] {
        started.done();
        release.recv();
      });
    }
    started.wait();
    std::printf("all goroutines started: %s\n",
                sluice::num_goroutines() == static_cast<std::size_t>(count) + 1 ? "yes" : "no");
    release.close();
    ended.wait();
    std::puts("all goroutines ended");
  });
}
