// What can go through a channel, and how its handles behave as values.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>

#include "sluice/sluice.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

SLUICE_TEST(ChanTypes, ZeroSizedElement) {
  for (std::size_t capacity : {0, 1, 5}) {
    const auto ch = make_chan(capacity);
    go([=] {
      for (int i = 0; i < 20; ++i) ch.send();
      ch.close();
    });
    int count = 0;
    for (Unit unit : ch) {
      EXPECT_EQ(unit, Unit{});
      ++count;
    }
    EXPECT_EQ(count, 20);
  }
}

SLUICE_TEST(ChanTypes, ZeroSizedBufferCounts) {
  const auto ch = make_chan(3);
  EXPECT_TRUE(ch.try_send());
  EXPECT_TRUE(ch.try_send());
  EXPECT_EQ(ch.size(), 2u);
  EXPECT_TRUE(ch.try_send());
  EXPECT_FALSE(ch.try_send());
  EXPECT_EQ(ch.recv(), Unit{});
  EXPECT_TRUE(ch.try_send());
}

SLUICE_TEST(ChanTypes, MoveOnlyElement) {
  for (std::size_t capacity : {0, 1, 5}) {
    const auto ch = make_chan<std::unique_ptr<int>>(capacity);
    go([=] {
      for (int i = 0; i < 20; ++i) ch.send(std::make_unique<int>(i));
      ch.close();
    });
    int expected = 0;
    for (std::unique_ptr<int> value : ch) EXPECT_EQ(*value, expected++);
    EXPECT_EQ(expected, 20);
  }
}

SLUICE_TEST(ChanTypes, ChannelOfChannels) {
  const auto requests = make_chan<Chan<int>>();
  go([=] {
    int next = 0;
    for (Chan<int> reply : requests) reply.send(next++);
  });
  for (int i = 0; i < 50; ++i) {
    const auto reply = make_chan<int>();
    requests.send(reply);
    EXPECT_EQ(reply.recv(), i);
  }
  requests.close();
}

SLUICE_TEST(ChanTypes, FunctionsAndVariants) {
  const auto jobs = make_chan<std::function<int()>>(1);
  jobs.send([] { return 42; });
  EXPECT_EQ(jobs.recv().value()(), 42);
  const auto any = make_chan<std::variant<int, std::string>>(2);
  any.send(1);
  any.send("two");
  EXPECT_EQ(std::get<int>(any.recv().value()), 1);
  EXPECT_EQ(std::get<std::string>(any.recv().value()), "two");
}

struct alignas(64) Wide {
  std::array<int, 40> numbers;
};

SLUICE_TEST(ChanTypes, LargeAndOverAlignedElements) {
  for (std::size_t capacity : {0, 3}) {
    const auto ch = make_chan<Wide>(capacity);
    go([=] {
      for (int i = 0; i < 10; ++i) {
        Wide value;
        value.numbers.fill(i);
        ch.send(value);
      }
    });
    for (int i = 0; i < 10; ++i) {
      const auto value = ch.recv();
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&*value) % alignof(Wide), 0u);
      EXPECT_EQ(value->numbers.front(), i);
      EXPECT_EQ(value->numbers.back(), i);
    }
  }
}

// Counts its living copies, so that a lost or doubled destructor shows.
struct Counted {
  explicit Counted(int* living) : living_(living) { ++*living_; }
  Counted(Counted&& other) noexcept : living_(other.living_) { ++*living_; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*living_; }
  int* living_;
};

SLUICE_TEST(ChanTypes, EveryElementIsDestroyedOnce) {
  int living = 0;
  {
    const auto ch = make_chan<Counted>(4);
    for (int i = 0; i < 4; ++i) ch.send(Counted(&living));
    EXPECT_EQ(living, 4);
    ch.recv();
    EXPECT_EQ(living, 3);
    EXPECT_FALSE(!ch.try_send(Counted(&living)));
    EXPECT_FALSE(ch.try_send(Counted(&living)));
    EXPECT_EQ(living, 4);
    ch.close();
    ch.recv();
    EXPECT_EQ(living, 3);
  }
  EXPECT_EQ(living, 0) << "what was buffered dies with the last handle";
}

SLUICE_TEST(ChanTypes, PanickingSendDestroysItsValue) {
  int living = 0;
  const auto ch = make_chan<Counted>();
  ch.close();
  EXPECT_PANIC(ch.send(Counted(&living)), "send on closed channel");
  EXPECT_EQ(living, 0);
}

SLUICE_TEST(ChanTypes, HandlesReferToOneChannel) {
  const auto a = make_chan<int>(1);
  const Chan<int> b = a;
  const SendChan<int> sending = a;
  const RecvChan<int> receiving = b;
  EXPECT_TRUE(a == b);
  EXPECT_FALSE(a == make_chan<int>(1));
  sending.send(3);
  EXPECT_EQ(b.size(), 1u);
  EXPECT_EQ(sending.size(), 1u);
  EXPECT_EQ(sending.capacity(), 1u);
  EXPECT_EQ(receiving.recv(), 3);
  EXPECT_EQ(receiving.try_recv(), std::nullopt);
  EXPECT_TRUE(sending.try_send(4));
  EXPECT_EQ(receiving.size(), 1u);
  EXPECT_EQ(receiving.capacity(), 1u);
  EXPECT_EQ(a.recv(), 4);
}

SLUICE_TEST(ChanTypes, NilIsFalse) {
  EXPECT_FALSE(Chan<int>{});
  EXPECT_FALSE(SendChan<int>{});
  EXPECT_FALSE(RecvChan<int>{});
  EXPECT_TRUE(make_chan<int>());
  EXPECT_EQ(Chan<int>{}.size(), 0u);
  EXPECT_EQ(Chan<int>{}.capacity(), 0u);
  Chan<int> ch = make_chan<int>();
  ch = {};
  EXPECT_FALSE(ch);
}

SLUICE_TEST(ChanTypes, ChannelOutlivesTheScopeThatMadeIt) {
  RecvChan<int> end;
  {
    const auto ch = make_chan<int>(2);
    end = ch;
    ch.send(1);
    ch.send(2);
  }
  EXPECT_EQ(end.recv(), 1);
  EXPECT_EQ(end.recv(), 2);
}

SLUICE_TEST(ChanTypes, SizeOutOfRangePanics) {
  EXPECT_PANIC(make_chan<int>(std::numeric_limits<std::size_t>::max()),
               "makechan: size out of range");
  EXPECT_PANIC(make_chan<Wide>(std::numeric_limits<std::size_t>::max() / 100),
               "makechan: size out of range");
  EXPECT_PANIC(make_chan<int>(static_cast<std::size_t>(-1)), "makechan: size out of range");
}

static_assert(!std::is_convertible_v<RecvChan<int>, Chan<int>>);
static_assert(!std::is_convertible_v<SendChan<int>, Chan<int>>);
static_assert(!std::is_convertible_v<SendChan<int>, RecvChan<int>>);
static_assert(std::is_convertible_v<Chan<int>, SendChan<int>>);
static_assert(std::is_nothrow_move_constructible_v<Chan<int>>);

}  // namespace
}  // namespace sluice
