// count and increment: a package-level counter and its Mutex, 1000 goroutines. With the
// annotation, clang's -Wthread-safety refuses to compile a use of `count` without the lock.
#include <cstdio>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
int count SLUICE_GUARDED_BY(mu) = 0;

void increment(sluice::WaitGroup* wg) {
  mu.lock();
  count++;
  mu.unlock();
  wg->done();
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;

    for (int i = 0; i < 1000; ++i) {
      wg.add(1);
      sluice::go(increment, &wg);
    }

    wg.wait();
    sluice::Lock lock(mu);
    std::printf("Final Count: %d\n", count);
  });
}
