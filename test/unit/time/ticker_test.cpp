// Ticker and AfterFunc.
#include <atomic>
#include <memory>

#include "sluice/go.hpp"
#include "sluice/time.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

SLUICE_TEST(Ticker, TicksAtMultiplesOfItsInterval) {
  const TimePoint begin = Clock::now();
  Ticker ticker(milliseconds(2));
  TimePoint last = begin;
  for (int i = 0; i < 5; ++i) {
    const TimePoint due = *ticker.ticks().recv();
    EXPECT_GE(due - last, milliseconds(2));
    EXPECT_GE(Clock::now(), due);
    last = due;
  }
  EXPECT_EQ(ticker.ticks().size(), 0u);
  EXPECT_EQ(ticker.ticks().capacity(), 0u);
}

SLUICE_TEST(Ticker, DropsTicksForASlowReceiver) {
  Ticker ticker(milliseconds(1));
  sleep_for(milliseconds(20));
  EXPECT_TRUE(ticker.ticks().try_recv());  // the first
  EXPECT_FALSE(ticker.ticks().try_recv() && ticker.ticks().try_recv() && ticker.ticks().try_recv());
}

SLUICE_TEST(Ticker, StopsAndStartsAnew) {
  Ticker ticker(milliseconds(1));
  ticker.ticks().recv();
  ticker.stop();
  sleep_for(milliseconds(3));
  EXPECT_FALSE(ticker.ticks().try_recv());
  ticker.reset(milliseconds(1));
  EXPECT_TRUE(ticker.ticks().recv());
}

SLUICE_TEST(Ticker, WantsAPositiveInterval) {
  EXPECT_PANIC(Ticker(Duration(0)), "non-positive interval for NewTicker");
  Ticker ticker(hours(1));
  EXPECT_PANIC(ticker.reset(Duration(-1)), "non-positive interval for Ticker.Reset");
}

SLUICE_TEST(AfterFunc, CallsInAGoroutineOfItsOwn) {
  auto called = make_chan<std::uint64_t>();
  const TimePoint begin = Clock::now();
  AfterFunc timer(milliseconds(2), [called] { called.send(goroutine_id()); });
  EXPECT_NE(*called.recv(), goroutine_id());
  EXPECT_GE(Clock::now() - begin, milliseconds(2));
  EXPECT_FALSE(timer.stop());
}

SLUICE_TEST(AfterFunc, MayBeCalledOffAndMoved) {
  auto called = make_chan<int>(4);
  AfterFunc timer(hours(1), [called] { called.send(1); });
  EXPECT_TRUE(timer.stop());
  EXPECT_FALSE(timer.stop());
  EXPECT_FALSE(timer.reset(hours(1)));
  EXPECT_TRUE(timer.reset(milliseconds(1)));
  called.recv();
  EXPECT_FALSE(timer.reset(milliseconds(1)));  // may be used again
  called.recv();
}

SLUICE_TEST(AfterFunc, LettingGoDoesNotCallItOff) {
  auto called = make_chan<int>();
  {
    AfterFunc timer(milliseconds(1), [called] { called.send(1); });
  }
  EXPECT_EQ(called.recv(), 1);
}

SLUICE_TEST(AfterFunc, CallbacksChain) {
  auto done = make_chan();
  auto left = std::make_shared<std::atomic<int>>(10);
  auto again = std::make_shared<std::function<void()>>();
  *again = [=] {
    if (--*left == 0) {
      done.close();
    } else {
      AfterFunc(Duration(1000), *again);
    }
  };
  AfterFunc(Duration(1000), *again);
  done.recv();
  *again = nullptr;
}

}  // namespace
}  // namespace sluice
