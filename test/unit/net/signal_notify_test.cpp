// Signals that are sent to channels.
#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <system_error>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

void (*handler_of(int signal))(int) {
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  return now.sa_handler;
}

SLUICE_TEST(SignalNotify, DeliversToAChannel) {
  const auto signals = make_chan<int>(1);
  ASSERT_FALSE(signal_notify(signals, {SIGUSR1, SIGUSR2}));
  for (const int sent : {SIGUSR1, SIGUSR2, SIGUSR1}) {
    kill(getpid(), sent);
    EXPECT_EQ(signals.recv(), sent);
  }
  signal_stop(signals);
  EXPECT_EQ(handler_of(SIGUSR1), SIG_DFL);
}

SLUICE_TEST(SignalNotify, EachChannelGetsItsOwn) {
  const auto one = make_chan<int>(1);
  const auto both = make_chan<int>(2);
  ASSERT_FALSE(signal_notify(one, {SIGUSR1}));
  ASSERT_FALSE(signal_notify(both, {SIGUSR1}));
  ASSERT_FALSE(signal_notify(both, {SIGUSR2}));
  kill(getpid(), SIGUSR1);
  EXPECT_EQ(one.recv(), SIGUSR1);
  EXPECT_EQ(both.recv(), SIGUSR1);
  signal_stop(both);
  EXPECT_EQ(handler_of(SIGUSR2), SIG_DFL);
  kill(getpid(), SIGUSR1);
  EXPECT_EQ(one.recv(), SIGUSR1);
  EXPECT_EQ(both.size(), 0u);
  signal_stop(one);
}

// As long as a signal may come, nobody says that all are asleep.
SLUICE_TEST(SignalNotify, WaitsForWhatMayCome) {
  const auto signals = make_chan<int>(1);
  ASSERT_FALSE(signal_notify(signals, {SIGALRM}));
  ualarm(50'000, 0);
  EXPECT_EQ(signals.recv(), SIGALRM);
  signal_stop(signals);
}

SLUICE_TEST(SignalNotify, RefusesWhatCannotBeCaught) {
  const auto signals = make_chan<int>(1);
  EXPECT_EQ(signal_notify(signals, {SIGKILL}), std::errc::invalid_argument);
  EXPECT_EQ(signal_notify(signals, {0}), std::errc::invalid_argument);
  EXPECT_EQ(signal_notify({}, {SIGUSR1}), std::errc::invalid_argument);
}

TEST(SignalNotify, EndsWithTheRun) {
  run([] { EXPECT_FALSE(signal_notify(make_chan<int>(1), {SIGUSR1})); });
  EXPECT_EQ(handler_of(SIGUSR1), SIG_DFL);
}

}  // namespace
}  // namespace sluice
