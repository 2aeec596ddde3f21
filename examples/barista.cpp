// The barista: concurrency is dealing with several things at once, parallelism is doing them at
// once. One barista (one worker) has two coffees under way while the machine brews; two baristas
// (two workers) have their hands full at the same moment.
#include <atomic>
#include <chrono>
#include <cstdio>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

// Two cups fit under the machine, and it starts when both are there. While it brews nobody's hands
// are needed, so a goroutine that waits for it holds no worker.
void machine(sluice::RecvChan<int> cups, sluice::SendChan<> brewed) {
  cups.recv();
  cups.recv();
  sluice::sleep_for(10ms);
  brewed.close();
}

void one_barista() {
  std::printf("%d barista:\n", sluice::workers());
  auto cups = sluice::make_chan<int>();
  auto brewed = sluice::make_chan();
  sluice::WaitGroup customers;
  customers.go([=] { machine(cups, brewed); });
  for (int id = 1; id <= 2; ++id) {
    customers.go([=] {
      std::printf("  takes order %d\n", id);
      cups.send(id);
      brewed.recv();  // meanwhile the same barista takes the other order
      std::printf("  froths milk and serves %d\n", id);
    });
  }
  customers.wait();
}

// Each barista looks up only when both are at work: without parking, that needs two processors
// (or an operating system that takes turns).
void two_baristas() {
  std::printf("%d baristas:\n", sluice::workers());
  std::atomic<int> at_work{0};
  std::atomic<int> saw_the_other{0};
  sluice::WaitGroup baristas;
  for (int id = 1; id <= 2; ++id) {
    baristas.go([&] {
      at_work++;
      const auto give_up = sluice::Clock::now() + 5s;
      while (at_work < 2 && sluice::Clock::now() < give_up) {
      }
      if (at_work == 2) saw_the_other++;
    });
  }
  baristas.wait();
  std::printf("  both at work at the same moment: %s\n", saw_the_other == 2 ? "yes" : "no");
}

int main() {
  sluice::run({.workers = 1}, one_barista);
  return sluice::run({.workers = 2}, two_baristas);
}
