// ThreadLock: one goroutine, one thread.
#include <unistd.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/migrate.hpp"
#include "support/misuse.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;
using test::thread_id;

SLUICE_TEST(ThreadLock, StaysOnItsThread) {
  const auto ping = make_chan<int>();
  const auto pong = make_chan<int>();
  go([=] {
    for (int i : ping) pong.send(i);
    pong.close();
  });
  {
    const ThreadLock lock;
    const pid_t thread = thread_id();
    for (int i = 0; i < 500; ++i) {
      ping.send(i);
      ASSERT_EQ(pong.recv(), i);
      ASSERT_EQ(thread_id(), thread);
      if (i % 10 == 0) yield();
      if (i % 100 == 0) sleep_for(1ms);
    }
    blocking([] { std::this_thread::sleep_for(1ms); });
    ASSERT_EQ(thread_id(), thread);
  }
  ping.close();
  ASSERT_FALSE(pong.recv().has_value());
}

SLUICE_TEST(ThreadLock, NobodyElseRunsThere) {
  const ThreadLock lock;
  const pid_t thread = thread_id();
  std::atomic<bool> strangers{false};
  WaitGroup wg;
  for (int i = 0; i < 100; ++i) {
    wg.go([&] {
      if (thread_id() == thread) strangers = true;
      yield();
      if (thread_id() == thread) strangers = true;
    });
  }
  wg.wait();
  EXPECT_FALSE(strangers);
}

SLUICE_TEST(ThreadLock, ManyAtOnceEachHasItsOwn) {
  constexpr int kCount = 8;
  std::vector<Chan<int>> ring;
  for (int i = 0; i < kCount; ++i) ring.push_back(make_chan<int>());
  std::atomic<int> moved{0};
  std::vector<pid_t> threads(kCount);
  WaitGroup wg;
  for (int i = 0; i < kCount; ++i) {
    wg.go([&, i] {
      const ThreadLock lock;
      const pid_t thread = threads[static_cast<std::size_t>(i)] = thread_id();
      for (int v : ring[static_cast<std::size_t>(i)]) {
        if (thread_id() != thread) ++moved;
        if (i + 1 < kCount) ring[static_cast<std::size_t>(i) + 1].send(v);
      }
      if (i + 1 < kCount) ring[static_cast<std::size_t>(i) + 1].close();
    });
  }
  for (int v = 0; v < 200; ++v) ring[0].send(v);
  ring[0].close();
  wg.wait();
  EXPECT_EQ(moved, 0);
  EXPECT_EQ(std::set<pid_t>(threads.begin(), threads.end()).size(), std::size_t{kCount});
}

SLUICE_TEST(ThreadLock, Nests) {
  auto outer = std::make_unique<ThreadLock>();
  const pid_t thread = thread_id();
  { const ThreadLock inner; }
  for (int i = 0; i < 50; ++i) {
    yield();
    ASSERT_EQ(thread_id(), thread);
  }
  outer.reset();
  // Free again: somebody else may have the thread.
  EXPECT_TRUE(test::move_to_another_thread());
}

SLUICE_TEST(ThreadLock, YieldLetsOthersProgress) {
  const ThreadLock lock;
  std::atomic<bool> ran{false};
  go([&] { ran = true; });
  while (!ran) yield();
}

SLUICE_TEST(ThreadLock, OnAThreadOfYourOwnHasNoEffect) {
  std::thread foreign([] { const ThreadLock lock; });
  blocking([&] { foreign.join(); });
}

// The thread may have been changed for ever by what the goroutine did to it.
SLUICE_TEST(ThreadLock, AGoroutineThatEndsLockedTakesTheThreadAlong) {
  std::atomic<pid_t> thread{0};
  WaitGroup wg;
  wg.go([&] {
    alignas(ThreadLock) static std::byte room[sizeof(ThreadLock)];
    ::new (room) ThreadLock;  // never destroyed
    thread = thread_id();
    yield();
  });
  wg.wait();
  const std::string task = "/proc/self/task/" + std::to_string(thread);
  EXPECT_TRUE(test::eventually([&] { return ::access(task.c_str(), F_OK) != 0; }));
}

TEST(ThreadLock, RunEndsWhileLockedGoroutinesWait) {
  test::expect_reports({"SL401"});
  static const auto never = make_chan();
  for (int i = 0; i < 20; ++i) {
    run(Options{.workers = 2}, [] {
      for (int k = 0; k < 3; ++k) {
        go([] {
          const ThreadLock lock;
          never.recv();
        });
      }
      EXPECT_TRUE(test::eventually([] { return test::parked("chan receive") == 3; }));
    });
  }
}

SLUICE_CHILD(locked_threads_all_asleep) {
  return run([] {
    go([] {
      const ThreadLock lock;
      make_chan().send();
    });
    const ThreadLock lock;
    make_chan().recv();
  });
}

TEST(ThreadLock, AllAsleepIsSeenThoughThreadsAreLocked) {
  const test::ChildResult ended = test::run_child(locked_threads_all_asleep);
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.err,
              testing::StartsWith("fatal error: all goroutines are asleep - deadlock!\n"));
  EXPECT_THAT(ended.err, testing::HasSubstr("goroutine 1 [chan receive, locked to thread]:"));
}

SLUICE_TEST(SetWorkers, ChangesHowManyRunAtOnce) {
  const int before = workers();
  for (const int n : {1, 3, 2, 5, 1}) {
    set_workers(n);
    EXPECT_EQ(workers(), n);
    std::atomic<int> done{0};
    WaitGroup wg;
    for (int i = 0; i < 50; ++i) {
      wg.go([&] {
        for (int k = 0; k < 20; ++k) yield();
        ++done;
      });
    }
    wg.wait();
    EXPECT_EQ(done, 50);
  }
  set_workers(before);
}

// As many as are asked for run at once: each spins until all have come.
SLUICE_TEST(SetWorkers, MoreRunInParallel) {
  set_workers(3);
  std::atomic<int> here{0};
  WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.go([&] {
      ++here;
      while (here < 3) {
      }
    });
  }
  wg.wait();
}

TEST(SetWorkers, RefusesWhatIsNoNumberOfWorkers) {
  EXPECT_PANIC(set_workers(2), "sluice: set_workers outside of sluice::run");
  run([] {
    EXPECT_PANIC(set_workers(0),
                 "sluice: set_workers: 0 is not a number of workers from 1 to 10000");
    EXPECT_PANIC(set_workers(10'001),
                 "sluice: set_workers: 10001 is not a number of workers from 1 to 10000");
  });
}

}  // namespace
}  // namespace sluice
