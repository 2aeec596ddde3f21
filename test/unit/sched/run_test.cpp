// run: what it returns, what it drops, and that it can be had again.
#include <unistd.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/misuse.hpp"
#include "support/sanitizers.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

TEST(Run, ReturnsMainsInt) {
  EXPECT_EQ(run([] { return 42; }), 42);
  EXPECT_EQ(run([] {}), 0);
  EXPECT_EQ(run(Options{.workers = 3}, [] { return true; }), 1);
  EXPECT_EQ(run(std::function<int()>([] { return -7; })), -7);
}

TEST(Run, TakesMoveOnlyMain) {
  EXPECT_EQ(run([value = std::make_unique<int>(5)] { return *value; }), 5);
}

TEST(Run, OutsideThereIsNoGoroutine) {
  EXPECT_EQ(goroutine_id(), 0u);
  EXPECT_EQ(num_goroutines(), 0u);
  EXPECT_EQ(workers(), 0);
  EXPECT_PANIC(go([] {}), "sluice: go outside of sluice::run");
  yield();
  EXPECT_EQ(blocking([] { return 3; }), 3);
}

TEST(Run, MainIsGoroutineOneAndAlone) {
  run([] {
    EXPECT_EQ(goroutine_id(), 1u);
    EXPECT_EQ(num_goroutines(), 1u);
  });
}

TEST(Run, WorkersAsAsked) {
  for (int wanted : {1, 2, 7}) {
    run(Options{.workers = wanted}, [wanted] { EXPECT_EQ(workers(), wanted); });
  }
  run([] {
    EXPECT_GE(workers(), 1);
    EXPECT_LE(workers(), static_cast<int>(std::thread::hardware_concurrency()));
  });
}

TEST(Run, WhatHappenedBeforeIsSeenInsideAndTheOtherWayRound) {
  int value = 1;
  run([&] {
    EXPECT_EQ(value, 1);
    value = 2;
  });
  EXPECT_EQ(value, 2);
}

TEST(Run, AgainAndAgain) {
  for (int i = 0; i < test::rounds(200); ++i) {
    int sum = 0;
    run(Options{.workers = 1 + i % 4}, [&] {
      const auto ch = make_chan<int>();
      for (int k = 0; k < 5; ++k) go([=] { ch.send(k); });
      for (int k = 0; k < 5; ++k) sum += ch.recv().value();
    });
    ASSERT_EQ(sum, 10);
  }
}

TEST(Run, NestedPanics) {
  run([] { EXPECT_PANIC(run([] {}), "sluice: run called while another run is under way"); });
  run([] {
    std::thread other(
        [] { EXPECT_PANIC(run([] {}), "sluice: run called while another run is under way"); });
    blocking([&] { other.join(); });
  });
}

// Tells when it is destroyed, which must not happen to what a dropped goroutine owns.
struct Witness {
  explicit Witness(bool* told) : destroyed(told) {}
  Witness(Witness&& other) noexcept : destroyed(std::exchange(other.destroyed, nullptr)) {}
  ~Witness() {
    if (destroyed != nullptr) *destroyed = true;
  }
  bool* destroyed;
};

TEST(Run, DropsGoroutinesThatAreBlocked) {
  test::expect_reports({"SL401"});
  static bool resumed = false;
  bool unwound = false;
  static Chan<int> never;
  static Mutex held;
  never = make_chan<int>();
  run([&] {
    held.lock();
    go([&] {
      Witness witness(&unwound);
      never.recv();
      resumed = true;
    });
    go([&] {
      held.lock();
      resumed = true;
    });
    ASSERT_TRUE(test::eventually_parked("chan receive"));
    ASSERT_TRUE(test::eventually_parked("sync.Mutex.Lock"));
    EXPECT_EQ(num_goroutines(), 3u);
  });
  EXPECT_FALSE(unwound);
  // In the next run they are neither counted nor woken, though what they waited for happens.
  run([] {
    EXPECT_EQ(num_goroutines(), 1u);
    EXPECT_FALSE(never.try_send(1)) << "a dropped goroutine was given a value";
    held.unlock();
    for (int i = 0; i < 100; ++i) yield();
    EXPECT_TRUE(held.try_lock()) << "a dropped goroutine was given the lock";
    held.unlock();
    never.close();
  });
  EXPECT_FALSE(resumed);
  EXPECT_FALSE(unwound);
}

TEST(Run, ReturnsWhileOthersAreRunnable) {
  test::expect_reports({"SL401"});
  static std::atomic<int> running{0};
  for (int i = 0; i < 20; ++i) {
    run(Options{.workers = 2}, [] {
      for (int k = 0; k < 10; ++k) {
        go([] {
          for (;;) {
            ++running;
            yield();
          }
        });
      }
    });
  }
}

// Their workers can't be stopped; they end when they come back.
TEST(Run, ReturnsWhileOthersComputeOrSitInASystemCall) {
  test::expect_reports({"SL401"});
  static std::atomic<int> busy{0};
  static std::atomic<bool> leave{false};
  static std::array<int, 2> pipe_ends;
  leave = false;
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  run(Options{.workers = 2}, [] {
    go([] {
      ++busy;
      while (!leave) {
      }
      --busy;
    });
    go([] {
      char byte;
      ++busy;
      EXPECT_EQ(read(pipe_ends[0], &byte, 1), 1);
      --busy;
    });
    EXPECT_TRUE(test::eventually([] { return busy == 2; }));
  });
  EXPECT_EQ(busy, 2);
  EXPECT_EQ(run([] { return 4; }), 4) << "the next run works beside them";
  leave = true;
  ASSERT_EQ(write(pipe_ends[1], "x", 1), 1);
  while (busy != 0) std::this_thread::yield();
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

SLUICE_CHILD(main_returns_with_goroutines_blocked) {
  return run([] {
    static Mutex mu;
    static WaitGroup wg;
    const auto ch = make_chan<int>();
    mu.lock();
    wg.add();
    go([=] { ch.send(1); });
    go([=] { select(on_recv(ch), on_recv(make_chan())); });
    go([] { mu.lock(); });
    go([] { wg.wait(); });
    go([] { sleep_for(std::chrono::hours(1)); });
    go([] {
      for (;;) yield();
    });
    for (int i = 0; i < 100; ++i) yield();
  });
}

TEST(Run, ReturningMainEndsBlockedGoroutinesSilently) {
  const test::ChildResult child = test::run_child(main_returns_with_goroutines_blocked);
  EXPECT_EQ(child.status, 0);
  EXPECT_EQ(child.out, "");
  EXPECT_EQ(child.err, "");
}

SLUICE_CHILD(exit_status_of_main) {
  return run([] { return 7; });
}

TEST(Run, StatusOfMainIsTheProcesss) { EXPECT_EQ(test::run_child(exit_status_of_main).status, 7); }

SLUICE_CHILD(workers_from_environment) {
  return run([] { return workers(); });
}

TEST(Run, WorkersFromTheEnvironment) {
  EXPECT_EQ(test::run_child(workers_from_environment, {{"SLUICE_WORKERS", "5"}}).status, 5);
  EXPECT_EQ(test::run_child(workers_from_environment, {{"SLUICE_WORKERS", ""}}).status,
            test::run_child(workers_from_environment).status);
}

TEST(Run, BadWorkersAreOneLineAndStatusTwo) {
  for (const char* bad : {"abc", "0", "-1", "2x", "1.5", "99999999999", " 2"}) {
    const test::ChildResult child =
        test::run_child(workers_from_environment, {{"SLUICE_WORKERS", bad}});
    EXPECT_EQ(child.status, 2) << bad;
    EXPECT_EQ(child.out, "");
    EXPECT_NE(child.err.find("SLUICE_WORKERS"), std::string::npos) << child.err;
    EXPECT_NE(child.err.find("'" + std::string(bad) + "'"), std::string::npos) << child.err;
    EXPECT_EQ(std::count(child.err.begin(), child.err.end(), '\n'), 1) << child.err;
  }
}

TEST(Run, UnknownDebugWordIsOneLineAndStatusTwo) {
  const test::ChildResult child = test::run_child(exit_status_of_main, {{"SLUICE_DEBUG", "chekc"}});
  EXPECT_EQ(child.status, 2);
  EXPECT_EQ(child.out, "");
  EXPECT_NE(child.err.find("SLUICE_DEBUG"), std::string::npos) << child.err;
  EXPECT_NE(child.err.find("chekc"), std::string::npos) << child.err;
  EXPECT_NE(child.err.find("check"), std::string::npos)
      << "does not say what would be right: " << child.err;
  EXPECT_EQ(std::count(child.err.begin(), child.err.end(), '\n'), 1) << child.err;
}

}  // namespace
}  // namespace sluice
