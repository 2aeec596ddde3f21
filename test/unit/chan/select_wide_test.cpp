// Selects of many cases, and what many selects cost in memory.
#include <gtest/gtest.h>

#include <malloc.h>

#include <array>
#include <atomic>
#include <optional>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

// More cases than a select keeps room for on its stack.
constexpr std::size_t kWide = 20;

template <std::size_t... kIndex>
int select_all(const std::array<Chan<int>, kWide>& channels,
               std::array<std::optional<int>, kWide>& values, std::index_sequence<kIndex...>) {
  return select(on_recv(channels[kIndex], values[kIndex])...);
}

SLUICE_TEST(SelectWide, FindsTheReadyOneAmongMany) {
  std::array<Chan<int>, kWide> channels;
  for (std::size_t i = 0; i < kWide; ++i) channels[i] = make_chan<int>(i % 3);
  for (std::size_t i = 0; i < kWide; ++i) {
    const auto chosen = make_chan<int>(1);
    std::array<std::optional<int>, kWide> values;
    go([&] { chosen.send(select_all(channels, values, std::make_index_sequence<kWide>())); });
    channels[i].send(static_cast<int>(i) * 10);
    EXPECT_EQ(chosen.recv(), static_cast<int>(i));
    for (std::size_t k = 0; k < kWide; ++k) {
      EXPECT_EQ(values[k], k == i ? std::optional(static_cast<int>(i) * 10) : std::nullopt);
    }
  }
  for (const auto& ch : channels) EXPECT_FALSE(ch.try_recv());
}

SLUICE_TEST(SelectWide, ParkedAmongManyIsWokenByEach) {
  std::array<Chan<int>, kWide> channels;
  for (auto& ch : channels) ch = make_chan<int>();
  for (std::size_t i = 0; i < kWide; ++i) {
    const auto chosen = make_chan<int>(1);
    std::array<std::optional<int>, kWide> values;
    go([&] { chosen.send(select_all(channels, values, std::make_index_sequence<kWide>())); });
    ASSERT_TRUE(test::eventually_parked("select"));
    EXPECT_TRUE(channels[i].try_send(7));
    EXPECT_EQ(chosen.recv(), static_cast<int>(i));
    EXPECT_EQ(values[i], 7);
  }
}

// Many selects wait on one channel, each with one of its own: each value wakes one, whatever the
// number.
SLUICE_TEST(SelectWide, ManySelectsOnOneChannel) {
  const int count = test::goroutines(2'000);
  const auto shared = make_chan<int>();
  std::atomic<int> got{0};
  WaitGroup wg;
  for (int i = 0; i < count; ++i) {
    wg.go([&, shared] {
      const auto own = make_chan<int>();
      if (select(on_recv(shared), on_recv(own)) == 0) ++got;
    });
  }
  for (int i = 0; i < count; ++i) shared.send(i);
  wg.wait();
  EXPECT_EQ(got, count);
}

// Waiters that a select leaves must go with it: 200,000 of them next to a channel that never
// becomes ready.
SLUICE_TEST(SelectWide, ManySelectsLeaveNothingBehind) {
  const auto ping = make_chan<int>();
  const auto never = make_chan<int>();
  const int rounds = test::rounds(200'000);
  go([=] {
    for (int i = 0; i < rounds; ++i) select(on_send(ping, i), on_recv(never));
    ping.close();
  });
  for (int i = 0; i < 100; ++i) select(on_recv(ping), on_recv(never));
  const std::size_t before = mallinfo2().uordblks;
  std::optional<int> value;
  int received = 100;
  while (select(on_recv(never), on_recv(ping, value)) == 1 && value) ++received;
  EXPECT_EQ(received, rounds);
  if (!test::kSanitized) {
    EXPECT_LT(mallinfo2().uordblks, before + 100'000);
  }
}

}  // namespace
}  // namespace sluice
