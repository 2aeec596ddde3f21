// One lock that all wait for, whose holder sleeps in it, and one that nobody ever finds taken.
// Five goroutines wait for work all the while. Where the first argument says so, the profile of
// goroutines is written there while they do.
#include <cstdio>
#include <sluice/debug.hpp>
#include <sluice/sluice.hpp>

namespace {

using namespace std::chrono_literals;

constexpr int kGoroutines = 8, kRounds = 5, kIdlers = 5;

sluice::Mutex hot, quiet;
int counter = 0;

[[gnu::noinline]] void hold_the_hot_lock() {
  sluice::Lock lock(hot);
  sluice::sleep_for(2ms);
  ++counter;
}

[[gnu::noinline]] void hold_the_quiet_lock() {
  sluice::Lock lock(quiet);
  ++counter;
}

[[gnu::noinline]] void wait_for_work(sluice::Chan<int> work) {
  while (work.recv()) ++counter;
}

int use(const char* goroutines) {
  auto work = sluice::make_chan<int>();
  sluice::WaitGroup idlers, users;
  for (int i = 0; i < kIdlers; ++i) {
    idlers.go([work] { wait_for_work(work); });
  }
  for (int i = 0; i < kGoroutines; ++i) {
    users.go([] {
      for (int round = 0; round < kRounds; ++round) {
        hold_the_hot_lock();
        hold_the_quiet_lock();
      }
    });
  }
  users.wait();
  int status = 0;
  if (goroutines != nullptr &&
      !sluice::debug::write_profile(sluice::debug::Profile::goroutine, goroutines)) {
    std::perror(goroutines);
    status = 1;
  }
  work.close();
  idlers.wait();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  return sluice::run({.workers = 1}, [&] { return use(argc > 1 ? argv[1] : nullptr); });
}
