// The scheduler as Go's own tests see it: who gets on while others compute, who runs next, how many
// goroutines there are, and what locking one to its thread does.
#include <sys/prctl.h>
#include <unistd.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"
#include "support/migrate.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;
using test::thread_id;

// ---- yields and turns ----

SLUICE_TEST_ON(ConformanceGoroutine, YieldLetsOthersProgress, 1, 2, 8) {
  for (int i = 0; i < test::rounds(200); ++i) {
    std::atomic<int> progress{0};
    WaitGroup wg;
    for (int k = 0; k < 3; ++k) {
      wg.go([&] {
        ++progress;
        yield();
        ++progress;
      });
    }
    while (progress < 6) yield();
    wg.wait();
  }
}

// With main locked, with the other locked, and with both.
SLUICE_TEST_ON(ConformanceGoroutine, YieldLetsOthersProgressWhileLockedToAThread, 1, 2, 8) {
  for (int i = 0; i < test::rounds(60); ++i) {
    std::unique_ptr<ThreadLock> lock;
    if (i % 3 != 1) lock = std::make_unique<ThreadLock>();
    std::atomic<int> progress{0};
    WaitGroup wg;
    wg.go([&, i] {
      std::unique_ptr<ThreadLock> own;
      if (i % 3 != 0) own = std::make_unique<ThreadLock>();
      ++progress;
      yield();
      ++progress;
    });
    while (progress < 2) yield();
    wg.wait();
  }
}

// Each waits for the turn of the one before without ever calling the runtime: all must run at once.
void take_turns(int count) {
  std::atomic<int> turn{0};
  WaitGroup wg;
  for (int id = 0; id < count; ++id) {
    wg.go([&, id, count] {
      for (int i = 0; i < 10; ++i) {
        while (turn != i * count + id) std::this_thread::yield();  // the processor, not the worker
        ++turn;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(turn, 10 * count);
}

SLUICE_TEST_ON(ConformanceGoroutine, AsManyAsWorkersRunInParallel, 2, 4, 8) {
  for (int i = 0; i < 5; ++i) take_turns(workers());
}

// The same while further threads and goroutines are there that have nothing to do.
SLUICE_TEST_ON(ConformanceGoroutine, AsManyAsWorkersRunInParallelBesideIdleThreads, 2, 4, 8) {
  const auto release = make_chan();
  std::atomic<bool> end{false};
  std::atomic<int> inside{0};
  WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([=] { release.recv(); });
    wg.go([&] {
      blocking([&] {
        ++inside;
        while (!end) std::this_thread::sleep_for(100us);
      });
    });
  }
  ASSERT_TRUE(test::eventually([&] { return inside == 4; }));
  for (int i = 0; i < 5; ++i) take_turns(workers());
  end = true;
  release.close();
  wg.wait();
}

// ---- goroutines that compute ----

std::atomic<long> g_steps{0};
[[gnu::noinline]] void step() { g_steps.fetch_add(1, std::memory_order_relaxed); }

SLUICE_TEST_ON(ConformanceGoroutine, TightLoopsDoNotKeepOthersOut, 1, 2, 8) {
  std::atomic<bool> stop{false};
  WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.go([&] {
      while (!stop) {
      }
    });
    wg.go([&] {
      while (!stop) {
        step();
        step();
      }
    });
  }
  // Channels, timers, new goroutines, a dump that has to see all: everything works meanwhile.
  const auto ch = make_chan<int>();
  wg.go([=] {
    for (int i = 0; i < 10; ++i) {
      sleep_for(100us);
      ch.send(i);
    }
    ch.close();
  });
  int expected = 0;
  for (const int value : ch) EXPECT_EQ(value, expected++);
  EXPECT_EQ(expected, 10);
  EXPECT_TRUE(test::eventually([] { return num_goroutines() == 5; })) << "the sender has not ended";
  EXPECT_EQ(test::parse_dump(debug::goroutine_dump()).goroutines.size(), 5u);
  stop = true;
  wg.wait();
}

// The loop is main's own, and ends only when a goroutine that it started has run.
SLUICE_TEST_ON(ConformanceGoroutine, TightLoopWaitsForWhatItHasStarted, 1, 2, 8) {
  for (int i = 0; i < test::rounds(10); ++i) {
    std::atomic<bool> first{false};
    std::atomic<bool> second{false};
    WaitGroup wg;
    wg.go([&] {
      while (!second) {
      }
      first = true;
    });
    wg.go([&] { second = true; });
    while (!first) step();
    wg.wait();
  }
}

// Two goroutines that hand a token to each other, counting up to `per_turn` each time. The channel
// is closed when they have come to `wanted`.
struct TokenPair {
  TokenPair(long steps, long count_wanted) : per_turn(steps), wanted(count_wanted) {}
  long per_turn;
  long wanted;
  std::atomic<long> count{0};
  Chan<> token = make_chan();
  Chan<> reached = make_chan();

  void start(WaitGroup& wg, const Chan<>& stop) {
    for (int i = 0; i < 2; ++i) {
      wg.go([this, stop] {
        while (select(on_recv(stop), on_recv(token)) == 1) {
          for (long k = 0; k < per_turn; ++k) asm volatile("");
          if ((count += per_turn) == wanted) reached.close();
          select(on_recv(stop), on_send(token));
        }
      });
    }
    token.send();
  }
};

// Main sleeps meanwhile: polling it would be a third that wants the processor.
SLUICE_TEST_ON(ConformanceGoroutine, HogsAndLightGoroutinesShareTheProcessor, 1, 2, 8) {
  const long wanted = test::rounds(300'000'000);
  TokenPair hogs(1'000'000, wanted);
  TokenPair light(10'000, wanted);
  const auto stop = make_chan();
  WaitGroup wg;
  hogs.start(wg, stop);
  light.start(wg, stop);
  hogs.reached.recv();
  light.reached.recv();
  EXPECT_LT(hogs.count, 20 * light.count);
  EXPECT_LT(light.count, 20 * hogs.count);
  stop.close();
  wg.wait();
}

// ---- how many there are ----

TEST(ConformanceGoroutine, FreshProgramHasOneGoroutineThatIsNumberOne) {
  for (const int n : {1, 2, 8}) {
    run(Options{.workers = n}, [] {
      EXPECT_EQ(goroutine_id(), 1u);
      EXPECT_EQ(num_goroutines(), 1u);
      // What the runtime needs for itself is no goroutine, timers and contexts in use or not.
      const Timer timer(1h);
      const Ticker ticker(1h);
      const auto pending = with_timeout(Context::background(), 1h);
      const auto child = with_cancel(pending.ctx);
      sleep_for(1ms);
      EXPECT_EQ(num_goroutines(), 1u);
      const test::Dump dump = test::parse_dump(debug::goroutine_dump());
      ASSERT_EQ(dump.goroutines.size(), 1u);
      EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [running]:");
    });
  }
}

SLUICE_TEST_ON(ConformanceGoroutine, CountAgreesWithTheDump, 1, 2, 8) {
  const auto hold = make_chan();
  for (std::size_t batch = 1; batch <= 5; ++batch) {
    for (int i = 0; i < 10; ++i) go([=] { hold.recv(); });
    EXPECT_EQ(num_goroutines(), 10 * batch + 1);
    EXPECT_EQ(test::parse_dump(debug::goroutine_dump()).goroutines.size(), 10 * batch + 1);
  }
  hold.close();
  EXPECT_TRUE(test::eventually([] { return num_goroutines() == 1; }));
  EXPECT_EQ(test::parse_dump(debug::goroutine_dump()).goroutines.size(), 1u);
}

// ---- run queues ----

// Started by one goroutine and stolen by idle workers in whatever pieces: each runs exactly once.
SLUICE_TEST_ON(ConformanceGoroutine, EachStartedGoroutineRunsOnceThoughOthersSteal, 1, 2, 8) {
  for (int round = 0; round < test::rounds(50); ++round) {
    constexpr int kCount = 500;  // more than a worker's own queue holds
    std::vector<std::atomic<int>> runs(kCount);
    WaitGroup wg;
    for (int i = 0; i < kCount; ++i) {
      wg.go([&, i] {
        ++runs[static_cast<std::size_t>(i)];
        if (i % 7 == 0) yield();
      });
      if (i % 100 == 99) yield();
    }
    wg.wait();
    EXPECT_TRUE(std::all_of(runs.begin(), runs.end(), [](const auto& n) { return n == 1; }));
  }
}

// One worker, five others ready to run: the waiter that is released goes before them.
SLUICE_TEST_ON(ConformanceGoroutine, ReleasedWaiterRunsNext, 1) {
  const int rounds = test::rounds(1000);
  int first = 0;
  for (int i = 0; i < rounds; ++i) {
    Semaphore permits(1);
    permits.acquire();
    std::atomic<int> finished{0};
    std::atomic<int> waiters_place{-1};
    WaitGroup wg;
    wg.go([&] {
      permits.acquire();
      waiters_place = finished++;
      permits.release();
    });
    ASSERT_TRUE(test::eventually_parked("semacquire"));
    yield();  // looking took long: whoever has used up his turn makes way for those in the queue
    for (int k = 0; k < 5; ++k) wg.go([&] { ++finished; });
    permits.release();
    EXPECT_FALSE(permits.try_acquire()) << "the permit is the waiter's already";
    wg.wait();
    EXPECT_EQ(finished, 6);
    if (waiters_place == 0) ++first;
  }
  // Checked mode shuffles who comes first; that no permit is lost or doubled holds in any order.
  EXPECT_TRUE(debug::enabled() || 3 * first >= 2 * rounds) << first << " of " << rounds;
}

// ---- locked to a thread ----

SLUICE_TEST_ON(ConformanceGoroutine, ThreadLocksNest, 1, 2, 8) {
  std::vector<std::unique_ptr<ThreadLock>> locks;
  for (int i = 0; i < 4; ++i) locks.push_back(std::make_unique<ThreadLock>());
  const pid_t thread = thread_id();
  while (!locks.empty()) {
    std::atomic<bool> strangers{false};
    WaitGroup wg;
    for (int i = 0; i < 20; ++i) {
      wg.go([&] {
        if (thread_id() == thread) strangers = true;
      });
    }
    wg.wait();
    sleep_for(100us);
    EXPECT_EQ(thread_id(), thread) << locks.size() << " locks";
    EXPECT_FALSE(strangers) << locks.size() << " locks";
    locks.pop_back();
  }
  EXPECT_TRUE(test::move_to_another_thread()) << "still locked after the last unlock";
}

std::string thread_name() {
  std::array<char, 17> name{};
  prctl(PR_GET_NAME, name.data());
  return name.data();
}

// A goroutine that ends locked takes its thread along, with whatever it did to it.
SLUICE_TEST_ON(ConformanceGoroutine, ThreadOfAGoroutineThatEndsLockedEnds, 1, 2, 8) {
  std::atomic<pid_t> thread{0};
  WaitGroup wg;
  wg.go([&] {
    alignas(ThreadLock) static std::array<std::byte, sizeof(ThreadLock)> room;
    ::new (room.data()) ThreadLock;  // never destroyed
    prctl(PR_SET_NAME, "spoilt");
    thread = thread_id();
    yield();
    EXPECT_EQ(thread_name(), "spoilt");
  });
  wg.wait();
  const std::string task = "/proc/self/task/" + std::to_string(thread);
  EXPECT_TRUE(test::eventually([&] { return ::access(task.c_str(), F_OK) != 0; }));
  // Nobody meets that state again, neither on the threads that are there nor on new ones.
  std::atomic<int> met{0};
  std::atomic<int> inside{0};
  for (int i = 0; i < 20; ++i) {
    wg.go([&] {
      blocking([&] {
        if (thread_name() == "spoilt") ++met;
        ++inside;
        while (inside < 20) std::this_thread::sleep_for(100us);
      });
    });
  }
  wg.wait();
  EXPECT_EQ(met, 0);
}

// It goes on while as many others as there are workers compute, and they while it does.
SLUICE_TEST_ON(ConformanceGoroutine, LockedAndOthersComputeBesideEachOther, 1, 2, 8) {
  const ThreadLock lock;
  std::atomic<int> others{0};
  WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.go([&] {
      ++others;
      while (others < 4) {
      }
    });
  }
  while (others < 3) step();
  ++others;
  wg.wait();
}

}  // namespace
}  // namespace sluice
