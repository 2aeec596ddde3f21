// Threads that the runtime did not start use everything, and block alone.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/misuse.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

SLUICE_TEST(ForeignThread, IsNoGoroutine) {
  test::ForeignThread thread([] {
    EXPECT_EQ(goroutine_id(), 0u);
    EXPECT_EQ(num_goroutines(), 1u);
    EXPECT_GE(workers(), 1);
    yield();
    EXPECT_EQ(blocking([] { return 1; }), 1);
  });
}

SLUICE_TEST(ForeignThread, SendsAndReceives) {
  for (std::size_t capacity : {0, 1, 8}) {
    const auto to = make_chan<int>(capacity);
    const auto from = make_chan<int>(capacity);
    const int rounds = test::rounds(1000);
    test::ForeignThread thread([=] {
      for (int value : to) from.send(value * 2);
      from.close();
    });
    go([=] {
      for (int i = 0; i < rounds; ++i) to.send(i);
      to.close();
    });
    int expected = 0;
    for (int value : from) EXPECT_EQ(value, 2 * expected++);
    EXPECT_EQ(expected, rounds);
  }
}

SLUICE_TEST(ForeignThread, TalksToAnotherForeignThread) {
  const auto ch = make_chan<int>();
  const int rounds = test::rounds(1000);
  test::ForeignThread sender([=] {
    for (int i = 0; i < rounds; ++i) ch.send(i);
    ch.close();
  });
  test::ForeignThread receiver([=] {
    int expected = 0;
    for (int value : ch) EXPECT_EQ(value, expected++);
    EXPECT_EQ(expected, rounds);
  });
}

SLUICE_TEST(ForeignThread, Selects) {
  const auto a = make_chan<int>();
  const auto b = make_chan<int>();
  const auto stop = make_chan();
  const int rounds = test::rounds(1000);
  std::atomic<int> received{0};
  test::ForeignThread thread([&, a, b, stop] {
    for (;;) {
      std::optional<int> value;
      switch (select(on_recv(a, value), on_recv(b, value), on_recv(stop))) {
        case 0:
        case 1:
          EXPECT_TRUE(value.has_value());
          ++received;
          break;
        default:
          return;
      }
    }
  });
  WaitGroup wg;
  for (const auto& ch : {a, b}) {
    wg.go([=] {
      for (int i = 0; i < rounds; ++i) ch.send(i);
    });
  }
  wg.wait();
  stop.close();
  thread.join();
  EXPECT_EQ(received, 2 * rounds);
}

SLUICE_TEST(ForeignThread, ShowsItsWaitReason) {
  const auto ch = make_chan<int>();
  test::ForeignThread thread([=] { EXPECT_EQ(ch.recv(), 5); });
  ASSERT_TRUE(test::eventually_parked("chan receive"));
  ch.send(5);
}

SLUICE_TEST(ForeignThread, SeesPanics) {
  test::expect_reports({"SL501"});
  test::ForeignThread thread([] {
    const auto ch = make_chan<int>();
    ch.close();
    EXPECT_PANIC(ch.send(1), "send on closed channel");
    EXPECT_PANIC(ch.close(), "close of closed channel");
    WaitGroup wg;
    EXPECT_PANIC(wg.done(), "sync: negative WaitGroup counter");
  });
}

SLUICE_TEST(ForeignThread, OnceAndCond) {
  Mutex mu;
  Cond cond;
  Once once;
  int ready = 0;
  int calls = 0;
  test::ForeignThread thread([&] {
    once.call([&] { ++calls; });
    Lock lock(mu);
    cond.wait(mu, [&] { return ready == 1; });
    ready = 2;
    cond.notify_all();
  });
  once.call([&] { ++calls; });
  Lock lock(mu);
  ready = 1;
  cond.notify_all();
  cond.wait(mu, [&] { return ready == 2; });
  EXPECT_EQ(calls, 1);
}

SLUICE_TEST(ForeignThread, ManyComeAndGo) {
  const auto ch = make_chan<int>(4);
  std::vector<test::ForeignThread> threads;
  for (int i = 0; i < 30; ++i) threads.emplace_back([=] { ch.send(i); });
  int sum = 0;
  for (int i = 0; i < 30; ++i) sum += ch.recv().value();
  EXPECT_EQ(sum, 435);
}

// Before run, and between two runs, a thread may use objects that need nobody else.
TEST(ForeignThread, OutsideOfRun) {
  Mutex mu;
  RWMutex rw;
  {
    Lock lock(mu);
    EXPECT_FALSE(mu.try_lock());
    SharedLock shared(rw);
  }
  const auto ch = make_chan<int>(2);
  ch.send(1);
  EXPECT_TRUE(ch.try_send(2));
  EXPECT_EQ(ch.recv(), 1);
  EXPECT_EQ(select(on_recv(ch)), 0);
  ch.close();
  EXPECT_EQ(ch.recv(), std::nullopt);
  WaitGroup wg;
  wg.add(2);
  wg.done();
  wg.done();
  wg.wait();
  const TimePoint start = Clock::now();
  sleep_for(1ms);
  EXPECT_GE(Clock::now() - start, 1ms);
}

// Two threads of the user's own meet on sluice objects though no run is active.
TEST(ForeignThread, TwoThreadsOutsideOfRun) {
  const auto ch = make_chan<int>();
  Mutex mu;
  long count = 0;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) {
      ch.send(i);
      Lock lock(mu);
      ++count;
    }
  });
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ch.recv(), i);
    Lock lock(mu);
    ++count;
  }
  other.join();
  EXPECT_EQ(count, 200);
}

}  // namespace
}  // namespace sluice
