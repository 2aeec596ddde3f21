// updateData: a Mutex makes an update of shared data safe. Without it two goroutines may change
// `data` at the same time, as counter_race.cpp shows.
#include <cstdio>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
int data SLUICE_GUARDED_BY(mu);

void update_data() {
  mu.lock();
  data++;
  mu.unlock();
}

int main() {
  return sluice::run([] {
    sluice::WaitGroup wg;
    for (int i = 0; i < 100; ++i) wg.go(update_data);
    wg.wait();
    sluice::Lock lock(mu);
    std::printf("data: %d\n", data);
  });
}
