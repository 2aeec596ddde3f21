// The exact words of Go that a program ends with, and that errors are told in. What is tested with
// the object that says it is not repeated here.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <initializer_list>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

// Nobody catches it: Go's line, then the goroutine that panicked and no other.
void expect_panic(const test::Child& child, const std::string& text) {
  const test::Dump dump = test::expect_fatal(child, "panic: " + text + "\n");
  ASSERT_EQ(dump.goroutines.size(), 1u) << child.name;
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [running]:") << child.name;
}

// ---- channels ----

SLUICE_CHILD(conformance_text_send_on_closed) {
  return run([] {
    const auto ch = make_chan<int>(1);
    ch.close();
    ch.send(1);  // NOLINT(sluice-channel-misuse)
  });
}
SLUICE_CHILD(conformance_text_try_send_on_closed) {
  return run([] {
    const auto ch = make_chan<int>();
    ch.close();
    ch.try_send(1);
  });
}
SLUICE_CHILD(conformance_text_select_send_on_closed) {
  return run([] {
    const auto ch = make_chan<int>();
    ch.close();
    return select(on_recv(make_chan<int>()), on_send(ch, 1));
  });
}
SLUICE_CHILD(conformance_text_parked_send_is_closed) {
  return run([] {
    const auto ch = make_chan<int>();
    go([=] {
      while (test::parked("chan send") == 0) yield();
      ch.close();
    });
    ch.send(1);
  });
}

TEST(ConformanceText, SendOnClosedChannel) {
  for (const auto* child :
       {&conformance_text_send_on_closed, &conformance_text_try_send_on_closed,
        &conformance_text_select_send_on_closed, &conformance_text_parked_send_is_closed}) {
    expect_panic(*child, "send on closed channel");
  }
}

SLUICE_CHILD(conformance_text_close_twice) {
  return run([] {
    const auto ch = make_chan<int>();
    ch.close();
    ch.close();  // NOLINT(sluice-channel-misuse)
  });
}
SLUICE_CHILD(conformance_text_close_nil) {
  return run([] { Chan<std::string>{}.close(); });
}
SLUICE_CHILD(conformance_text_size) {
  return run([] { make_chan<int>(static_cast<std::size_t>(-1)); });
}
SLUICE_CHILD(conformance_text_huge_size) {
  return run([] { make_chan<std::string>(std::size_t{1} << 62); });
}

TEST(ConformanceText, CloseTwiceCloseNilAndBadSize) {
  expect_panic(conformance_text_close_twice, "close of closed channel");
  expect_panic(conformance_text_close_nil, "close of nil channel");
  expect_panic(conformance_text_size, "makechan: size out of range");
  expect_panic(conformance_text_huge_size, "makechan: size out of range");
}

// ---- groups and tickers ----

SLUICE_CHILD(conformance_text_done_too_often) {
  return run([] {
    WaitGroup wg;
    wg.add();
    wg.done();
    wg.done();  // NOLINT(sluice-waitgroup-mismatch)
  });
}
SLUICE_CHILD(conformance_text_add_below_zero) {
  return run([] {
    WaitGroup wg;
    wg.add(-1);
  });
}

TEST(ConformanceText, WaitGroupBelowZero) {
  expect_panic(conformance_text_done_too_often, "sync: negative WaitGroup counter");
  expect_panic(conformance_text_add_below_zero, "sync: negative WaitGroup counter");
}

SLUICE_CHILD(conformance_text_new_ticker) {
  return run([] { const Ticker never(0ms); });
}
SLUICE_CHILD(conformance_text_new_negative_ticker) {
  return run([] { const Ticker never(-1h); });
}
SLUICE_CHILD(conformance_text_reset_ticker) {
  return run([] {
    Ticker ticker(1h);
    ticker.reset(0ns);
  });
}
SLUICE_CHILD(conformance_text_reset_ticker_to_negative) {
  return run([] {
    Ticker ticker(1h);
    ticker.stop();
    ticker.reset(-1ns);
  });
}

TEST(ConformanceText, TickerWithoutInterval) {
  expect_panic(conformance_text_new_ticker, "non-positive interval for NewTicker");
  expect_panic(conformance_text_new_negative_ticker, "non-positive interval for NewTicker");
  expect_panic(conformance_text_reset_ticker, "non-positive interval for Ticker.Reset");
  expect_panic(conformance_text_reset_ticker_to_negative, "non-positive interval for Ticker.Reset");
}

// ---- errors of contexts ----

std::string text_of(const std::exception_ptr& cause) {
  try {
    std::rethrow_exception(cause);
  } catch (const std::system_error& error) {
    return error.code().message();
  }
}

SLUICE_TEST_ON(ConformanceText, ContextErrors, 1, 2, 8) {
  const auto canceled = with_cancel(Context::background());
  canceled.cancel();
  EXPECT_EQ(canceled.ctx.err().message(), "context canceled");
  EXPECT_EQ(text_of(canceled.ctx.cause()), "context canceled");
  const auto late = with_deadline(Context::background(), Clock::now() - 1h);
  EXPECT_EQ(late.ctx.err().message(), "context deadline exceeded");
  EXPECT_EQ(text_of(late.ctx.cause()), "context deadline exceeded");
  const auto soon = with_timeout(Context::background(), 1ms);
  soon.ctx.done().recv();
  EXPECT_EQ(soon.ctx.err().message(), "context deadline exceeded");
  const auto child = with_cancel(soon.ctx);
  EXPECT_EQ(child.ctx.err().message(), "context deadline exceeded") << "its parent's words";
}

SLUICE_CHILD(conformance_text_context_error_uncaught) {
  return run([] {
    const auto canceled = with_cancel(Context::background());
    canceled.cancel();
    std::rethrow_exception(canceled.ctx.cause());
  });
}

TEST(ConformanceText, ContextErrorThatNobodyCatches) {
  expect_panic(conformance_text_context_error_uncaught, "std::system_error: context canceled");
}

// ---- what Go finds out when the program runs, and C++ when it is compiled ----

template <class... T>
constexpr bool kCannotBeCopied = (... && (!std::is_copy_constructible_v<T> &&
                                          !std::is_copy_assignable_v<T>));
template <class... T>
constexpr bool kCannotBeUninitialized = (... && !std::is_default_constructible_v<T>);

TEST(ConformanceText, CopiesAndZeroValuesThatPanicInGoDoNotCompile) {
  EXPECT_TRUE((kCannotBeCopied<Cond, Mutex, RWMutex, WaitGroup, Once, Semaphore>));
  EXPECT_TRUE((kCannotBeUninitialized<Timer, Ticker, Context>));
}

// ---- nothing to say ----

SLUICE_CHILD(conformance_text_main_returns_first) {
  return run(Options{.workers = 2}, [] {
    const auto never = make_chan<int>();
    for (int i = 0; i < 3; ++i) go([=] { never.recv(); });
    go([] { sleep_for(1h); });
    go([] { return select(); });
    go([] {
      const ThreadLock lock;
      return select();
    });
    if (!test::eventually([] {
          return test::parked("chan receive") == 3 && test::parked("sleep") == 1 &&
                 test::parked("select (no cases)") == 2;
        })) {
      std::puts("they never parked");
    }
  });
}
SLUICE_CHILD(conformance_text_main_returns_a_status) {
  return run([] {
    go([] { return select(); });
    return 3;
  });
}

TEST(ConformanceText, MainReturningWhileOthersAreBlockedSaysNothing) {
  const std::initializer_list<std::pair<const test::Child*, int>> programs = {
      {&conformance_text_main_returns_first, 0}, {&conformance_text_main_returns_a_status, 3}};
  for (const auto& [child, status] : programs) {
    const test::ChildResult result = test::run_child(*child);
    EXPECT_EQ(result.status, status) << child->name;
    EXPECT_EQ(result.out, "") << child->name;
    EXPECT_EQ(result.err, "") << child->name;
  }
}

}  // namespace
}  // namespace sluice
