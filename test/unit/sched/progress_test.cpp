// Everybody gets on: yields, goroutines that never yield, blocked threads, more goroutines than
// workers.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "sched/worker.hpp"
#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

SLUICE_TEST(Progress, YieldLetsOthersRun) {
  for (int i = 0; i < test::rounds(100); ++i) {
    std::atomic<bool> ran{false};
    go([&] { ran = true; });
    while (!ran) yield();
  }
}

// Those that do not fit into the worker's own queue are in the global one, of which one who yields
// goes to the end.
SLUICE_TEST_ON(Progress, YieldGoesBehindAllThatAreRunnable, 1) {
  constexpr int kGoroutines = 1000;
  std::atomic<int> ran{0};
  WaitGroup wg;
  for (int i = 0; i < kGoroutines; ++i) wg.go([&] { ++ran; });
  int yields = 0;
  for (; ran < kGoroutines; ++yields) yield();
  EXPECT_LE(yields, 10);
  wg.wait();
}

// However often each yields, each gets all of its turns.
SLUICE_TEST(Progress, YieldingGoroutinesAllGetTheirTurns) {
  constexpr int kGoroutines = 10;
  std::array<std::atomic<int>, kGoroutines> turns{};
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([&, id] {
      for (int i = 0; i < test::rounds(1000); ++i) {
        ++turns[static_cast<std::size_t>(id)];
        yield();
      }
    });
  }
  wg.wait();
  for (const auto& count : turns) EXPECT_EQ(count, test::rounds(1000));
}

// A goroutine that never comes back loses its worker's place to others, also with one worker.
SLUICE_TEST(Progress, SpinningGoroutineDoesNotHoldUpOthers) {
  std::atomic<bool> ran{false};
  go([&] { ran = true; });
  while (!ran) {
  }
}

SLUICE_TEST(Progress, ManySpinningGoroutinesDoNotHoldUpOthers) {
  std::atomic<bool> stop{false};
  WaitGroup wg;
  for (int i = 0; i < 6; ++i) {
    wg.go([&] {
      while (!stop) {
      }
    });
  }
  const auto ch = make_chan<int>();
  go([=] {
    for (int i = 0; i < 5; ++i) {
      ch.send(i);
      sleep_for(100us);
    }
    ch.close();
  });
  int count = 0;
  for (int value : ch) EXPECT_EQ(value, count++);
  EXPECT_EQ(count, 5);
  stop = true;
  wg.wait();
}

// What a spinning goroutine has made runnable runs, too, though its worker does not come back.
SLUICE_TEST(Progress, WorkOfASpinningGoroutineIsTaken) {
  constexpr int kWaiters = 10;
  std::atomic<int> ran{0};
  for (int i = 0; i < kWaiters; ++i) go([&] { ++ran; });
  while (ran < kWaiters) {
  }
  const auto ch = make_chan<int>(1);
  std::atomic<bool> received{false};
  go([&, ch] {
    ch.recv();
    received = true;
  });
  ASSERT_TRUE(test::eventually_parked("chan receive"));
  ch.send(1);
  while (!received) {
  }
}

// A goroutine that starts others is not stuck: it takes a place that is free. The only one there is
// may stay with who runs those that it starts.
SLUICE_TEST_ON(Progress, AGoroutineThatStartsOthersWinsAPlaceBack, 2, 4) {
  const detail::Worker& here = *detail::this_worker();
  while (here.phase != detail::Phase::detached) {
  }
  const auto begun = std::chrono::steady_clock::now();
  detail::Phase phase = detail::Phase::detached;
  WaitGroup wg;
  while (phase == detail::Phase::detached &&
         std::chrono::steady_clock::now() - begun < test::kPatience) {
    wg.go([] {});
    phase = here.phase;
  }
  EXPECT_EQ(phase, detail::Phase::running);
  wg.wait();
}

// One that says that it blocks leaves its place to others, whatever it starts.
SLUICE_TEST_ON(Progress, AGoroutineThatBlocksLeavesItsPlaceToThoseItStarts, 1) {
  constexpr int kGoroutines = 100;
  std::atomic<int> ran{0};
  WaitGroup wg;
  blocking([&] {
    for (int i = 0; i < kGoroutines; ++i) wg.go([&] { ++ran; });
    EXPECT_EQ(detail::this_worker()->phase, detail::Phase::detached);
    while (ran < kGoroutines) {
    }
  });
  wg.wait();
}

// As many goroutines as workers run at the same time, each waiting for the others' turns without
// yielding.
SLUICE_TEST_ON(Progress, GoroutinesRunInParallel, 2, 4) {
  const int count = workers();
  std::atomic<int> turn{0};
  WaitGroup wg;
  for (int id = 0; id < count; ++id) {
    wg.go([&, id] {
      for (int i = 0; i < 10; ++i) {
        while (turn != i * count + id) std::this_thread::yield();
        ++turn;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(turn, 10 * count);
}

// A ping-pong through a channel must not keep a goroutine in the queue from its turn.
SLUICE_TEST(Progress, PingPongDoesNotStarveOthers) {
  const auto ping = make_chan<int>();
  const auto pong = make_chan<int>();
  std::atomic<bool> stop{false};
  WaitGroup wg;
  wg.go([=] {
    for (int value : ping) pong.send(value);
    pong.close();
  });
  wg.go([&, ping, pong] {
    for (int i = 0; !stop; ++i) {
      ping.send(i);
      pong.recv();
    }
    ping.close();
  });
  std::atomic<int> ran{0};
  for (int i = 0; i < 50; ++i) wg.go([&] { ++ran; });
  EXPECT_TRUE(test::eventually([&] { return ran == 50; }));
  stop = true;
  wg.wait();
}

SLUICE_TEST(Blocking, ReturnsAndThrowsWhatTheFunctionDoes) {
  EXPECT_EQ(blocking([] { return 5; }), 5);
  EXPECT_EQ(blocking([] { return std::string("text"); }), "text");
  int number = 1;
  blocking([&]() -> int& { return number; }) = 2;
  EXPECT_EQ(number, 2);
  EXPECT_THROW(blocking([] { throw std::runtime_error("inside"); }), std::runtime_error);
  blocking([] {});
  const std::uint64_t id = goroutine_id();
  EXPECT_EQ(blocking([] { return goroutine_id(); }), id);
}

// The worker's place goes to others while the thread is blocked, at once and with any number of
// workers.
SLUICE_TEST(Blocking, OthersRunMeanwhile) {
  for (int i = 0; i < test::rounds(100); ++i) {
    std::promise<int> promise;
    go([&] { promise.set_value(i); });
    EXPECT_EQ(blocking([&] { return promise.get_future().get(); }), i);
  }
}

SLUICE_TEST(Blocking, MoreThanWorkersAtOnce) {
  constexpr int kBlocked = 20;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::atomic<int> inside{0};
  WaitGroup wg;
  for (int i = 0; i < kBlocked; ++i) {
    wg.go([&] {
      blocking([&] {
        ++inside;
        released.wait();
      });
    });
  }
  EXPECT_TRUE(test::eventually([&] { return inside == kBlocked; }));
  release.set_value();
  wg.wait();
}

SLUICE_TEST(Blocking, Nested) {
  std::atomic<bool> ran{false};
  go([&] { ran = true; });
  EXPECT_EQ(blocking([&] {
              const int value = blocking([] { return 7; });
              while (!ran) std::this_thread::yield();
              return value;
            }),
            7);
}

SLUICE_TEST(Blocking, UsingChannelsInside) {
  const auto ch = make_chan<int>();
  go([=] { blocking([=] { ch.send(3); }); });
  EXPECT_EQ(blocking([=] { return ch.recv(); }), 3);
}

// A system call that nobody announced is noticed by the monitor.
SLUICE_TEST(Blocking, UnannouncedIsNoticed) {
  std::promise<int> promise;
  go([&] { promise.set_value(4); });
  EXPECT_EQ(promise.get_future().get(), 4);
}

}  // namespace
}  // namespace sluice
