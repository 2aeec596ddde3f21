// Which value and which waiter comes first: channels are first in, first out.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

SLUICE_TEST(ChanOrder, OneSenderOneReceiverForEveryCapacity) {
  for (std::size_t capacity = 0; capacity < 200; ++capacity) {
    const auto ch = make_chan<int>(capacity);
    go([=] {
      for (int i = 0; i < 100; ++i) ch.send(i);
    });
    for (int i = 0; i < 100; ++i) ASSERT_EQ(ch.recv(), i) << "capacity " << capacity;
  }
}

SLUICE_TEST(ChanOrder, EveryValueArrivesAsOftenAsItWasSent) {
  constexpr int kPeers = 4;
  constexpr int kValues = 1000;
  for (std::size_t capacity : {0, 1, 10, 199}) {
    const auto ch = make_chan<int>(capacity);
    for (int peer = 0; peer < kPeers; ++peer) {
      go([=] {
        for (int i = 0; i < kValues; ++i) ch.send(i);
      });
    }
    const auto counts = make_chan<std::map<int, int>>();
    for (int peer = 0; peer < kPeers; ++peer) {
      go([=] {
        std::map<int, int> seen;
        for (int i = 0; i < kValues; ++i) ++seen[ch.recv().value()];
        counts.send(std::move(seen));
      });
    }
    std::map<int, int> total;
    for (int peer = 0; peer < kPeers; ++peer) {
      const std::map<int, int> seen = counts.recv().value();
      for (const auto& [value, count] : seen) total[value] += count;
    }
    EXPECT_EQ(total.size(), static_cast<std::size_t>(kValues));
    for (const auto& [value, count] : total) EXPECT_EQ(count, kPeers) << "value " << value;
  }
}

SLUICE_TEST(ChanOrder, ParkedReceiversAreServedInTheOrderTheyCame) {
  constexpr int kReceivers = 20;
  const auto ch = make_chan<int>();
  const auto pairs = make_chan<std::pair<int, int>>(kReceivers);
  for (int id = 0; id < kReceivers; ++id) {
    go([=] { pairs.send({id, ch.recv().value()}); });
    ASSERT_TRUE(test::eventually_parked("chan receive", static_cast<std::size_t>(id) + 1));
  }
  for (int i = 0; i < kReceivers; ++i) ch.send(i);
  for (int i = 0; i < kReceivers; ++i) {
    const auto [id, value] = pairs.recv().value();
    EXPECT_EQ(id, value);
  }
}

SLUICE_TEST(ChanOrder, ParkedSendersAreServedInTheOrderTheyCame) {
  constexpr int kSenders = 20;
  for (std::size_t capacity : {0, 1, 3}) {
    const auto ch = make_chan<int>(capacity);
    const int buffered = static_cast<int>(capacity);
    for (int i = 0; i < buffered; ++i) ch.send(i);
    for (int id = 0; id < kSenders; ++id) {
      go([=] { ch.send(buffered + id); });
      ASSERT_TRUE(test::eventually_parked("chan send", static_cast<std::size_t>(id) + 1));
    }
    for (int i = 0; i < buffered + kSenders; ++i) EXPECT_EQ(ch.recv(), i);
  }
}

// Each goroutine waits for the one to its right: only first come, first served brings the numbers
// through in order.
SLUICE_TEST(ChanOrder, DaisyChainKeepsTheOrder) {
  constexpr int kValues = 100;
  constexpr int kStages = 50;
  const auto first = make_chan<int>();
  RecvChan<int> end = first;
  for (int stage = 0; stage < kStages; ++stage) {
    const auto next = make_chan<int>();
    go([in = end, next] {
      for (int value : in) next.send(value);
      next.close();
    });
    end = next;
  }
  go([=] {
    for (int i = 0; i < kValues; ++i) first.send(i);
    first.close();
  });
  int expected = 0;
  for (int value : end) EXPECT_EQ(value, expected++);
  EXPECT_EQ(expected, kValues);
}

// A send happens before the receive that takes its value, whatever the channel and the workers.
SLUICE_TEST(ChanOrder, SendPublishesWhatWasWrittenBefore) {
  for (std::size_t capacity : {0, 1, 16}) {
    const auto ch = make_chan<std::vector<int>*>(capacity);
    const int rounds = test::rounds(2000);
    go([=] {
      for (int i = 0; i < rounds; ++i) ch.send(new std::vector<int>(8, i));
      ch.close();
    });
    int expected = 0;
    for (std::vector<int>* value : ch) {
      EXPECT_EQ(*value, std::vector<int>(8, expected));
      ++expected;
      delete value;
    }
    EXPECT_EQ(expected, rounds);
  }
}

// With capacity C the k-th receive happens before the (k+C)-th send completes: a channel as a
// semaphore.
SLUICE_TEST(ChanOrder, CapacityBoundsHowManyAreInside) {
  constexpr int kLimit = 3;
  const auto slots = make_chan(kLimit);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  WaitGroup wg;
  for (int i = 0; i < 50; ++i) {
    wg.go([&] {
      slots.send();
      const int now = ++inside;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      yield();
      --inside;
      slots.recv();
    });
  }
  wg.wait();
  EXPECT_LE(most, kLimit);
}

}  // namespace
}  // namespace sluice
