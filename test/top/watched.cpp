// Goroutines in known states, as the first argument says, until the standard input ends:
//
//   known      some in each state that there is
//   many N     N that wait for one channel
//   churn      goroutines that start others, which end, and a row that grows; two that give way
//   asleep     when the input ends, nothing can run any more
//   exits N    when the input ends, the process exits with that status
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

#include <sluice/net.hpp>
#include <sluice/sluice.hpp>

namespace {

using namespace std::chrono_literals;

std::atomic<bool> over{false};
sluice::Mutex locked;
sluice::RWMutex read_locked;

// Each is a function of its own, for its name to be seen, and comes back from its call.
std::atomic<int> returned{0};
[[gnu::noinline]] void receive(const sluice::Chan<int>& from) {
  (void)from.recv();
  ++returned;
}
[[gnu::noinline]] void send(const sluice::Chan<int>& to) {
  to.send(1);
  ++returned;
}
[[gnu::noinline]] void choose(const sluice::Chan<int>& a, const sluice::Chan<int>& b) {
  (void)sluice::select(sluice::on_recv(a), sluice::on_recv(b));
  ++returned;
}
[[gnu::noinline]] void lock() { const sluice::Lock held(locked); }
[[gnu::noinline]] void write_lock() { const std::lock_guard held(read_locked); }
[[gnu::noinline]] void wait_for_group(sluice::WaitGroup& group) {
  group.wait();
  ++returned;
}
[[gnu::noinline]] void sleep() {
  sluice::sleep_for(24h);
  ++returned;
}
[[gnu::noinline]] void compute() {
  while (!over.load(std::memory_order_relaxed)) continue;
}
[[gnu::noinline]] void block() {
  sluice::blocking([] {
    while (!over.load()) ::usleep(1000);
  });
}
[[gnu::noinline]] void wait_for_input() {
  char byte = 0;
  do {
    (void)sluice::wait_readable(STDIN_FILENO);
  } while (::read(STDIN_FILENO, &byte, 1) > 0);
}
[[gnu::noinline]] void give_way() {
  while (!over.load()) sluice::yield();
}

// A deep stack, and always another.
[[gnu::noinline]] int receive_below(const sluice::Chan<int>& from, int depth) {
  if (depth == 0) {
    receive(from);
    return 0;
  }
  return receive_below(from, depth - 1) + 1;
}

void start_known(const sluice::Chan<int>& silent, sluice::WaitGroup& owed) {
  for (int i = 0; i < 5; ++i) sluice::go([=] { receive(silent); });
  for (int i = 0; i < 3; ++i) sluice::go([to = sluice::make_chan<int>()] { send(to); });
  for (int i = 0; i < 2; ++i) sluice::go([=] { choose(silent, sluice::make_chan<int>()); });
  for (int i = 0; i < 4; ++i) sluice::go([] { lock(); });
  sluice::go([] { write_lock(); });
  for (int i = 0; i < 6; ++i) sluice::go([&owed] { wait_for_group(owed); });
  for (int i = 0; i < 7; ++i) sluice::go([] { sleep(); });
  for (int i = 0; i < 10; ++i) sluice::go([=] { receive_below(silent, i % 5); });
  sluice::go([] { compute(); });
  sluice::go([] { block(); });
}

void churn() {
  sluice::go([] { give_way(); });
  sluice::go([] { give_way(); });
  sluice::go([silent = sluice::make_chan<int>()] {
    while (!over.load()) {
      sluice::go([] {});
      sluice::go([=] { receive(silent); });
      sluice::sleep_for(1ms);
    }
  });
}

int watched(const std::string& what, int number) {
  const auto silent = sluice::make_chan<int>();
  sluice::WaitGroup owed;
  owed.add(1);
  locked.lock();
  read_locked.lock_shared();
  if (what == "known") start_known(silent, owed);
  if (what == "churn") churn();
  if (what == "many") {
    for (int i = 0; i < number; ++i) sluice::go([=] { receive(silent); });
  }
  wait_for_input();
  if (what == "exits") std::exit(number);
  if (what == "asleep") receive(silent);
  over.store(true);
  owed.done();
  read_locked.unlock_shared();
  locked.unlock();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "known";
  const int number = argc > 2 ? std::atoi(argv[2]) : 0;
  return sluice::run({.workers = 2}, [&] { return watched(what, number); });
}
