// Signals that arrive while goroutines switch: the handler runs on whatever stack is current.
#include <signal.h>
#include <sys/time.h>
#include <gtest/gtest.h>

#include <atomic>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

std::atomic<int> g_signals{0};

// Delivers SIGALRM every 100 us for as long as it lives. The handler stays: one may still be under
// way.
class Alarms {
 public:
  Alarms() {
    g_signals = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) { ++g_signals; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, nullptr);
    every(100);
  }
  Alarms(const Alarms&) = delete;
  ~Alarms() { every(0); }

 private:
  static void every(suseconds_t microseconds) {
    const itimerval interval{{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &interval, nullptr);
  }
};

SLUICE_TEST(Signals, ArriveWhileGoroutinesSwitch) {
  const Alarms alarms;
  const auto ping = make_chan<int>();
  const auto pong = make_chan<int>();
  go([=] {
    for (int i : ping) pong.send(i + 1);
    pong.close();
  });
  const int wanted = test::rounds(500);
  for (int i = 0; g_signals < wanted; ++i) {
    ping.send(i);
    ASSERT_EQ(pong.recv(), i + 1);
    if (i % 64 == 0) yield();
  }
  ping.close();
  ASSERT_FALSE(pong.recv().has_value());
}

}  // namespace
}  // namespace sluice
