// RUN: %check_all %s
// expected-no-diagnostics
#include <chrono>
#include <thread>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {
// Not the C library's.
void sleep() { sluice::sleep_for(1ms); }
}  // namespace

void on_a_thread() { std::this_thread::sleep_for(1ms); }
void serve() {
  sluice::go([] { sluice::sleep_for(1ms); });
  sluice::go([] { sleep(); });
  sluice::go([] { sluice::blocking([] { std::this_thread::sleep_for(1ms); }); });
  sluice::go([] {
    std::thread worker(on_a_thread);
    sluice::blocking([&] { worker.join(); });
  });
  std::thread(on_a_thread).join();
  std::this_thread::sleep_for(1ms);
}
