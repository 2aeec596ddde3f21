// Goroutines that keep their workers in the ways that the arguments name, each named after its way,
// until the standard input ends.
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <sluice/net.hpp>
#include <sluice/sluice.hpp>

namespace {

std::atomic<bool> over{false};

[[gnu::noinline]] void compute() {
  while (!over.load(std::memory_order_relaxed)) continue;
}

[[gnu::noinline]] void block() {
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
}

void go_the_way(const std::string& way) {
  if (way == "computes") {
    compute();
  } else if (way == "blocks") {
    block();
  } else if (way == "says so") {
    sluice::blocking(&block);
  } else {  // waits
    (void)sluice::wait_readable(STDIN_FILENO);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::thread([] {
    block();
    over.store(true);
  }).detach();
  return sluice::run({.workers = 2}, [&] {
    sluice::WaitGroup group;
    group.add(argc - 1);
    for (int i = 1; i < argc; ++i) {
      const std::string way = argv[i];
      sluice::go({.name = way}, [&group, way] {
        const sluice::Defer done([&group] { group.done(); });
        go_the_way(way);
      });
    }
    group.wait();
    return 0;
  });
}
