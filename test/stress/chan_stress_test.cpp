// Random senders, receivers, capacities, closes, selects, tries and timeouts over shared channels.
// Each value must come out exactly once, and in order between one sender and one receiver of one
// channel.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"
#include "support/stress.hpp"

namespace sluice {
namespace {

using test::Random;

// On the heap, so that a value that is lost, doubled or moved too early is a null pointer or found
// by a sanitizer.
struct Item {
  std::size_t sender;
  int sequence;
};
using Value = std::unique_ptr<Item>;

struct Received {
  std::size_t sender;
  int sequence;
  std::size_t channel;
};

constexpr std::size_t kMaxChannels = 6;

// What one goroutine knows of the channels: those that it has seen closed are nil to it.
struct Channels {
  std::vector<Chan<Value>> all;

  std::size_t any(Random& random) const { return random.below(all.size()); }
  bool alive() const {
    for (const auto& ch : all) {
      if (ch) return true;
    }
    return false;
  }
};

auto short_timeout(Random& random) { return after(std::chrono::microseconds(random.below(150))); }

// One attempt to send `value` in a random way. It is null afterwards exactly when it went.
void attempt_send(const Channels& channels, Random& random, Value& value) {
  const auto& a = channels.all[channels.any(random)];
  const auto& b = channels.all[channels.any(random)];
  const auto& c = channels.all[channels.any(random)];
  switch (random.below(7)) {
    case 0:
    case 1:
      // A plain send on a channel that is nil to us would never end.
      if (a) a.send(std::move(value));
      return;
    case 2: {
      const bool sent = a.try_send(value);
      EXPECT_EQ(sent, value == nullptr);
      return;
    }
    case 3:
      select(on_send(a, std::move(value)), on_send(b, std::move(value)),
             on_recv(short_timeout(random)));
      return;
    case 4:
      select(on_send(a, std::move(value)), on_send(b, std::move(value)),
             on_send(c, std::move(value)), on_recv(short_timeout(random)));
      return;
    case 5:
      try_select(on_send(a, std::move(value)), on_send(b, std::move(value)));
      return;
    default:
      yield();
  }
}

// A channel that was closed under a sender panics; the sender finds out which and goes on with the
// others.
void forget_closed(Channels& channels, const std::vector<std::atomic<bool>>& closing) {
  for (std::size_t i = 0; i < channels.all.size(); ++i) {
    if (closing[i]) channels.all[i] = {};
  }
}

void send_all(Channels channels, const std::vector<std::atomic<bool>>& closing, std::size_t id,
              int count, Random random) {
  for (int sequence = 0; sequence < count; ++sequence) {
    auto value = std::make_unique<Item>(Item{id, sequence});
    while (value != nullptr) {
      try {
        attempt_send(channels, random, value);
      } catch (const Panic& panic) {
        EXPECT_STREQ(panic.what(), "send on closed channel");
        // A plain send takes its value by value: what panicked is gone, and is sent again.
        if (value == nullptr) value = std::make_unique<Item>(Item{id, sequence});
        forget_closed(channels, closing);
      }
    }
  }
}

// What came on channel `index`; `ended`: it may be that nothing came because the channel is closed
// and drained.
void take(Channels& channels, std::size_t index, std::optional<Value>& value, bool ended,
          std::vector<Received>& received) {
  if (value) {
    ASSERT_NE(*value, nullptr) << "a value that nobody sent";
    received.push_back({(*value)->sender, (*value)->sequence, index});
    value.reset();
  } else if (ended) {
    channels.all[index] = {};
  }
}

std::vector<Received> receive_all(Channels channels, Random random) {
  std::vector<Received> received;
  while (channels.alive()) {
    const std::size_t a = channels.any(random);
    const std::size_t b = channels.any(random);
    std::optional<Value> first;
    std::optional<Value> second;
    int chosen = 0;
    switch (random.below(6)) {
      case 0:
        if (!channels.all[a]) continue;
        // Not for ever on one channel: the others may be full.
        chosen = select(on_recv(channels.all[a], first), on_recv(short_timeout(random)));
        break;
      case 1:
        first = channels.all[a].try_recv();
        take(channels, a, first, false, received);
        continue;
      case 2:
        chosen = select(on_recv(channels.all[a], first), on_recv(short_timeout(random)),
                        on_recv(channels.all[b], second));
        break;
      case 3:
        chosen = try_select(on_recv(channels.all[a], first), on_recv(short_timeout(random)),
                            on_recv(channels.all[b], second));
        break;
      case 4:
        yield();
        continue;
      default:
        chosen =
            select(on_recv(channels.all[a], first), on_recv(after(std::chrono::milliseconds(1))),
                   on_recv(channels.all[b], second));
    }
    if (chosen == 0) take(channels, a, first, true, received);
    if (chosen == 2) take(channels, b, second, true, received);
  }
  return received;
}

struct Plan {
  explicit Plan(Random& random)
      : senders(1 + random.below(8)), receivers(1 + random.below(8)), values(test::rounds(300)) {
    const std::size_t count = 1 + random.below(kMaxChannels);
    constexpr std::array<std::size_t, 6> kCapacities{0, 0, 1, 2, 8, 64};
    for (std::size_t i = 0; i < count; ++i) {
      channels.all.push_back(make_chan<Value>(kCapacities[random.below(kCapacities.size())]));
    }
  }
  std::size_t senders;
  std::size_t receivers;
  int values;
  Channels channels;
};

void check(const Plan& plan, const std::vector<std::vector<Received>>& by_receiver) {
  std::vector<std::vector<int>> seen(plan.senders,
                                     std::vector<int>(static_cast<std::size_t>(plan.values)));
  for (const auto& received : by_receiver) {
    std::vector<std::array<int, kMaxChannels>> last(plan.senders);
    for (auto& each : last) each.fill(-1);
    for (const Received& value : received) {
      ++seen[value.sender][static_cast<std::size_t>(value.sequence)];
      int& before = last[value.sender][value.channel];
      EXPECT_LT(before, value.sequence) << "out of order on channel " << value.channel;
      before = value.sequence;
    }
  }
  for (std::size_t sender = 0; sender < plan.senders; ++sender) {
    for (int i = 0; i < plan.values; ++i) {
      ASSERT_EQ(seen[sender][static_cast<std::size_t>(i)], 1)
          << "value " << i << " of sender " << sender;
    }
  }
}

// Closes some channels while they are in use, but never the last one.
void close_some(const Plan& plan, std::vector<std::atomic<bool>>& closing, Random random) {
  for (std::size_t i = 1; i < plan.channels.all.size(); ++i) {
    if (!random.one_in(3)) continue;
    sleep_for(std::chrono::microseconds(random.below(500)));
    closing[i] = true;
    plan.channels.all[i].close();
  }
}

SLUICE_TEST(ChanStress, EveryValueArrivesOnceAndInOrder) {
  for (test::Rounds rounds; rounds.next();) {
    Random random(rounds.seed());
    const Plan plan(random);
    std::vector<std::atomic<bool>> closing(plan.channels.all.size());
    std::vector<std::vector<Received>> received(plan.receivers);
    WaitGroup senders;
    WaitGroup receivers;
    for (std::size_t id = 0; id < plan.receivers; ++id) {
      receivers.go(
          [&, id] { received[id] = receive_all(plan.channels, Random(rounds.seed(), 100 + id)); });
    }
    for (std::size_t id = 0; id < plan.senders; ++id) {
      senders.go([&, id] {
        send_all(plan.channels, closing, id, plan.values, Random(rounds.seed(), 200 + id));
      });
    }
    close_some(plan, closing, Random(rounds.seed(), 300));
    senders.wait();
    for (std::size_t i = 0; i < plan.channels.all.size(); ++i) {
      if (!closing[i]) plan.channels.all[i].close();
    }
    receivers.wait();
    check(plan, received);
  }
}

// All-send selects against all-receive selects on four channels, cases switched off as their share
// is done.
SLUICE_TEST(ChanStress, SelectsAgainstSelects) {
  const int values = test::rounds(5'000);
  for (test::Rounds rounds; rounds.next();) {
    Random random(rounds.seed());
    std::array<Chan<int>, 4> channels;
    for (auto& ch : channels) ch = make_chan<int>(random.below(3));
    WaitGroup wg;
    for (const auto& ch : channels) {
      wg.go([=] {
        for (int i = 0; i < values; ++i) ch.send(i);
      });
      wg.go([=] {
        for (int i = 0; i < values; ++i) ch.recv();
      });
    }
    wg.go([&] {
      std::array<Chan<int>, 4> open = channels;
      std::array<int, 4> sent{};
      for (int i = 0; i < 4 * values; ++i) {
        const int chosen = select(on_send(open[0], i), on_send(open[1], i), on_send(open[2], i),
                                  on_send(open[3], i));
        const auto index = static_cast<std::size_t>(chosen);
        if (++sent[index] == values) open[index] = {};
      }
    });
    wg.go([&] {
      std::array<Chan<int>, 4> open = channels;
      std::array<int, 4> received{};
      for (int i = 0; i < 4 * values; ++i) {
        const int chosen =
            select(on_recv(open[0]), on_recv(open[1]), on_recv(open[2]), on_recv(open[3]));
        const auto index = static_cast<std::size_t>(chosen);
        if (++received[index] == values) open[index] = {};
      }
    });
    wg.wait();
    for (const auto& ch : channels) EXPECT_EQ(ch.size(), 0u);
  }
}

}  // namespace
}  // namespace sluice
