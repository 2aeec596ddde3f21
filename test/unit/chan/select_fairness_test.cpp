// Select's choice among ready cases is even, and it looks at all its channels at one instant.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

constexpr int kTrials = 10'000;

// Within ten standard deviations of an even share: a fair choice fails once in 10^22 runs.
template <std::size_t kCases>
void expect_even(const std::array<int, kCases>& counts, int trials) {
  const double share = 1.0 / kCases;
  const double sigma = std::sqrt(trials * share * (1 - share));
  for (std::size_t i = 0; i < kCases; ++i) {
    EXPECT_NEAR(counts[i], trials * share, 10 * sigma) << "case " << i;
  }
}

SLUICE_TEST(SelectFairness, ReadyReceivesAreChosenEvenly) {
  const auto a = make_chan<int>(kTrials + 1);
  const auto b = make_chan<int>(kTrials + 1);
  for (int i = 0; i < kTrials; ++i) {
    a.send(i);
    b.send(i);
  }
  std::array<int, 2> counts{};
  for (int i = 0; i < kTrials; ++i) ++counts[select(on_recv(a), on_recv(b))];
  expect_even(counts, kTrials);
}

SLUICE_TEST(SelectFairness, ReadySendsAreChosenEvenly) {
  const auto bits = make_chan<int>(kTrials);
  for (int i = 0; i < kTrials; ++i) select(on_send(bits, 0), on_send(bits, 1), on_send(bits, 2));
  std::array<int, 3> counts{};
  for (int i = 0; i < kTrials; ++i) ++counts[bits.recv().value()];
  expect_even(counts, kTrials);
}

SLUICE_TEST(SelectFairness, TrySelectIsEvenToo) {
  const auto closed = make_chan<int>();
  closed.close();
  std::array<int, 4> counts{};
  for (int i = 0; i < kTrials; ++i) {
    ++counts[try_select(on_recv(closed), on_recv(closed), on_recv(closed), on_recv(closed))];
  }
  expect_even(counts, kTrials);
}

// At every moment one of two channels is ready, so default must never be taken.
SLUICE_TEST(SelectFairness, SelectActsOnOneInstant) {
  for (int round = 0; round < test::rounds(10'000); ++round) {
    const auto first = make_chan<int>(1);
    const auto second = make_chan<int>(1);
    first.send(1);
    const auto done = make_chan<int>(1);
    go([=] { done.send(try_select(on_recv(first), on_recv(second))); });
    // Takes the first value only after the second is there.
    second.send(1);
    (void)try_select(on_recv(first));
    ASSERT_NE(done.recv(), -1) << "round " << round;
  }
}

SLUICE_TEST(SelectFairness, SelectActsOnOneInstantWithClose) {
  for (int round = 0; round < test::rounds(10'000); ++round) {
    const auto first = make_chan<int>(1);
    const auto second = make_chan<int>();
    first.send(1);
    const auto done = make_chan<int>(1);
    go([=] { done.send(try_select(on_recv(first), on_recv(second))); });
    second.close();
    (void)try_select(on_recv(first));
    ASSERT_NE(done.recv(), -1) << "round " << round;
  }
}

// Two goroutines that always have a channel ready must not keep a due timer from being chosen.
SLUICE_TEST(SelectFairness, BusyChannelsDoNotStarveATimer) {
  const auto ping = make_chan<int>();
  const auto pong = make_chan<int>();
  go([=] {
    for (int value : ping) pong.send(value);
    pong.close();
  });
  const auto timeout = after(std::chrono::milliseconds(20));
  const TimePoint start = Clock::now();
  bool fired = false;
  ping.send(0);
  while (!fired && Clock::now() - start < std::chrono::seconds(10)) {
    std::optional<int> value;
    if (select(on_recv(pong, value), on_recv(timeout)) == 1) {
      fired = true;
    } else {
      ping.send(*value);
    }
  }
  EXPECT_TRUE(fired);
  pong.recv();
  ping.close();
  EXPECT_EQ(pong.recv(), std::nullopt);
}

}  // namespace
}  // namespace sluice
