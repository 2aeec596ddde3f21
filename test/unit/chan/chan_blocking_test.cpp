// When channel operations wait and when they do not, by capacity.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

SLUICE_TEST(Chan, RecvOnEmptyParksForEveryCapacity) {
  for (std::size_t capacity = 0; capacity < 200; ++capacity) {
    auto ch = make_chan<int>(capacity);
    std::atomic<bool> received{false};
    auto done = make_chan();
    go([&, ch] {
      EXPECT_EQ(ch.recv(), 7);
      received = true;
      done.send();
    });
    yield();
    EXPECT_FALSE(received);
    ch.send(7);
    done.recv();
    EXPECT_TRUE(received);
  }
}

SLUICE_TEST(Chan, SendOnFullParksForEveryCapacity) {
  for (std::size_t capacity = 0; capacity < 200; ++capacity) {
    auto ch = make_chan<std::size_t>(capacity);
    for (std::size_t i = 0; i < capacity; ++i) ch.send(i);
    std::atomic<bool> sent{false};
    auto done = make_chan();
    go([&, ch] {
      ch.send(capacity);
      sent = true;
      done.send();
    });
    yield();
    EXPECT_FALSE(sent);
    for (std::size_t i = 0; i <= capacity; ++i) EXPECT_EQ(ch.recv(), i);
    done.recv();
    EXPECT_TRUE(sent);
  }
}

SLUICE_TEST(Chan, BlockedReceiverShowsItsReason) {
  auto ch = make_chan<int>();
  auto done = make_chan();
  go([=] {
    EXPECT_EQ(ch.recv(), 1);
    done.close();
  });
  EXPECT_TRUE(test::eventually_parked("chan receive"));
  ch.send(1);
  done.recv();
}

SLUICE_TEST(Chan, TryRecvOnEmptyIsNotReady) {
  for (std::size_t capacity = 0; capacity < 200; ++capacity) {
    auto ch = make_chan<int>(capacity);
    EXPECT_EQ(ch.try_recv(), std::nullopt);
    EXPECT_EQ(ch.size(), 0u);
  }
}

SLUICE_TEST(Chan, TrySendOnFullIsNotReadyAndLeavesTheValue) {
  for (std::size_t capacity = 0; capacity < 200; ++capacity) {
    auto ch = make_chan<std::unique_ptr<int>>(capacity);
    for (std::size_t i = 0; i < capacity; ++i) EXPECT_TRUE(ch.try_send(std::make_unique<int>(1)));
    auto value = std::make_unique<int>(42);
    EXPECT_FALSE(ch.try_send(value));
    EXPECT_FALSE(ch.try_send(std::move(value)));
    ASSERT_NE(value, nullptr);
    EXPECT_EQ(*value, 42);
    EXPECT_EQ(ch.size(), capacity);
  }
}

SLUICE_TEST(Chan, TrySendReachesAParkedReceiver) {
  auto ch = make_chan<int>();
  auto result = make_chan<int>(1);
  go([=] { result.send(ch.recv().value()); });
  EXPECT_TRUE(test::eventually([&] { return ch.try_send(9); }));
  EXPECT_EQ(result.recv(), 9);
}

SLUICE_TEST(Chan, TryRecvReachesAParkedSender) {
  auto ch = make_chan<int>();
  auto done = make_chan();
  go([=] {
    ch.send(9);
    done.close();
  });
  std::optional<int> value;
  EXPECT_TRUE(test::eventually([&] { return (value = ch.try_recv()).has_value(); }));
  EXPECT_EQ(value, 9);
  done.recv();
}

SLUICE_TEST(Chan, SizeAndCapacity) {
  const auto unbuffered = make_chan<int>();
  EXPECT_EQ(unbuffered.size(), 0u);
  EXPECT_EQ(unbuffered.capacity(), 0u);
  const auto ch = make_chan<int>(10);
  EXPECT_EQ(ch.capacity(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(ch.size(), i);
    ch.send(0);
  }
  EXPECT_EQ(ch.size(), 10u);
  EXPECT_EQ(ch.capacity(), 10u);
  ch.recv();
  EXPECT_EQ(ch.size(), 9u);
}

SLUICE_TEST(Chan, BufferTakesValuesAfterItWrapped) {
  const auto ch = make_chan<int>(3);
  int sent = 0;
  int received = 0;
  ch.send(sent++);
  for (int round = 0; round < 100; ++round) {
    ch.send(sent++);
    ch.send(sent++);
    EXPECT_EQ(ch.recv(), received++);
    EXPECT_EQ(ch.recv(), received++);
  }
  EXPECT_EQ(ch.size(), 1u);
}

}  // namespace
}  // namespace sluice
