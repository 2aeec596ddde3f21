// Mistake: an unlock too many. The early way out unlocks, and so does the end that it falls into.
// Go's text, and as in Go nothing can catch it.
// Mended: `sluice::Lock lock(mu);`, which unlocks once.
#include <cstdio>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
int stock = 0;

void take() {
  mu.lock();
  if (stock == 0) {
    std::puts("nothing left");
    mu.unlock();  // and no return
  } else {
    stock--;
  }
  mu.unlock();
}

int main() {
  return sluice::run([] { take(); });
}
