// Two goroutines that send a number to and fro, and one that sleeps. The trace begins before the
// middle of it, and is written to the first argument while they go on.
#include <cstdio>
#include <cstdlib>
#include <sluice/debug.hpp>
#include <sluice/sluice.hpp>

namespace {

using namespace std::chrono_literals;

constexpr int kRounds = 200;

void pong(sluice::Chan<int> in, sluice::Chan<int> out) {
  while (std::optional<int> ball = in.recv()) out.send(*ball + 1);
}

void play(sluice::Chan<int> out, sluice::Chan<int> in) {
  for (int round = 0; round < kRounds; ++round) {
    out.send(round);
    (void)in.recv();
  }
}

int use(const char* path) {
  auto there = sluice::make_chan<int>(), back = sluice::make_chan<int>();
  sluice::WaitGroup others;
  others.add(1);
  sluice::go({.name = "pong"}, [=, &others] {
    const sluice::Defer done([&others] { others.done(); });
    pong(there, back);
  });
  play(there, back);
  sluice::debug::start_trace();
  sluice::WaitGroup sleeper;
  sleeper.go([] { sluice::sleep_for(1ms); });
  play(there, back);
  sleeper.wait();
  const bool written = sluice::debug::write_trace(path);
  if (!written) std::perror(path);
  play(there, back);
  sluice::debug::stop_trace();
  there.close();
  others.wait();
  return written ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return sluice::run({.workers = std::atoi(argv[2])}, [&] { return use(argv[1]); });
}
