// One run after another: from other threads, with threads that outlive them, and without anything
// growing.
#include <sys/resource.h>
#include <unistd.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/misuse.hpp"
#include "support/process_status.hpp"
#include "support/sanitizers.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

std::ptrdiff_t os_threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                       std::filesystem::directory_iterator());
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator());
}

int sum_of_many(int count) {
  const auto ch = make_chan<int>();
  WaitGroup senders;
  for (int i = 0; i < count; ++i) senders.go([=] { ch.send(i); });
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += ch.recv().value();
  senders.wait();  // one that is dropped never gives its channel back
  return sum;
}

TEST(RunAgain, OnAnotherThread) {
  for (int i = 0; i < 10; ++i) {
    int sum = 0;
    std::thread([&] { sum = run([] { return sum_of_many(20); }); }).join();
    EXPECT_EQ(sum, 190);
    EXPECT_EQ(run([] { return sum_of_many(20); }), 190);
  }
}

TEST(RunAgain, ThreadsEndWithTheRun) {
  const auto before = os_threads();
  for (int i = 0; i < 50; ++i) {
    run(Options{.workers = 4}, [] {
      WaitGroup wg;
      for (int k = 0; k < 20; ++k)
        wg.go([] { blocking([] { std::this_thread::sleep_for(100us); }); });
      wg.wait();
    });
  }
  EXPECT_TRUE(test::eventually([&] { return os_threads() <= before; }))
      << os_threads() << " threads";
}

std::atomic<int> guests{0};

// Of a library that keeps something for each thread and takes its time to put it away.
struct Guest {
  Guest() { ++guests; }
  ~Guest() {
    std::this_thread::sleep_for(10ms);
    --guests;
  }
};

TEST(RunAgain, WhatItsThreadsOwnIsGoneWithTheRun) {
  run(Options{.workers = 4}, [] {
    WaitGroup wg;
    for (int i = 0; i < 8; ++i) {
      wg.go([] {
        blocking([] {
          thread_local const Guest guest;
          std::this_thread::sleep_for(1ms);
        });
      });
    }
    wg.wait();
    EXPECT_GT(guests, 0);
  });
  EXPECT_EQ(guests, 0);
}

// Not stuck: others use the processors.
TEST(RunAgain, AThreadThatGetsNoProcessorIsWaitedFor) {
  constexpr auto kBusy = 200ms;  // twenty times what a stuck thread is waited for
  std::atomic<bool> begins{false};
  std::vector<std::thread> busy;
  for (unsigned i = 0; i < 2 * std::max(std::thread::hardware_concurrency(), 1u); ++i) {
    busy.emplace_back([&] {
      while (!begins) std::this_thread::yield();
      const auto end = std::chrono::steady_clock::now() + kBusy;
      while (std::chrono::steady_clock::now() < end) {
      }
    });
  }
  run(Options{.workers = 2}, [&] {
    WaitGroup wg;
    wg.go([&] {
      blocking([&] {
        thread_local const Guest guest;
        EXPECT_EQ(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19), 0);
        begins = true;
      });
    });
    wg.wait();
  });
  EXPECT_EQ(guests, 0);
  for (std::thread& each : busy) each.join();
}

TEST(RunAgain, NothingGrows) {
  test::expect_reports({"SL401"});
  const auto cycle = [] {
    run(Options{.workers = 2}, [] {
      sum_of_many(50);
      go([] { make_chan().recv(); });  // left behind
      sleep_for(10us);
    });
  };
  for (int i = 0; i < 20; ++i) cycle();
  const auto threads = os_threads();
  const auto files = open_files();
  const test::ProcessStatus before = test::process_status();
  for (int i = 0; i < test::rounds(300); ++i) cycle();
  EXPECT_TRUE(test::eventually([&] { return os_threads() <= threads; }));
  EXPECT_EQ(open_files(), files);
  const test::ProcessStatus after = test::process_status();
  if (!test::kSanitized) {
    EXPECT_LE(after.mappings, before.mappings + 20);
    // What a dropped goroutine owns is lost: its channel, and at most the page or two of its stack.
    EXPECT_LT(after.resident_bytes, before.resident_bytes + 300 * 16 * 1024);
  }
}

// A thread that waits when a run ends is still there in the next one.
TEST(RunAgain, ForeignThreadWaitsFromOneRunToTheNext) {
  const auto ch = make_chan<int>();
  std::atomic<int> received{0};
  std::thread foreign([&] { received = ch.recv().value(); });
  run([&] { EXPECT_TRUE(test::eventually_parked("chan receive")); });
  EXPECT_EQ(received, 0);
  run([&] { ch.send(5); });
  foreign.join();
  EXPECT_EQ(received, 5);
}

TEST(RunAgain, ForeignThreadSleepsFromOneRunToTheNext) {
  std::atomic<bool> asleep{false};
  std::atomic<bool> awake{false};
  const TimePoint start = Clock::now();
  std::thread foreign;
  run([&] {
    foreign = std::thread([&] {
      asleep = true;
      sleep_for(30ms);
      awake = true;
    });
    EXPECT_TRUE(test::eventually([&] { return asleep.load(); }));
  });
  EXPECT_TRUE(test::eventually([&] { return awake.load(); }));
  EXPECT_GE(Clock::now() - start, 30ms);
  foreign.join();
}

// The same of a timer on which a thread of the user's own waits.
TEST(RunAgain, TimerOfAForeignThreadFiresAfterTheRun) {
  std::atomic<bool> fired{false};
  std::thread foreign;
  run([&] {
    foreign = std::thread([&] { fired = after(30ms).recv().has_value(); });
    EXPECT_TRUE(test::eventually_parked("chan receive"));
  });
  EXPECT_TRUE(test::eventually([&] { return fired.load(); }));
  foreign.join();
}

TEST(RunAgain, ChannelsAndLocksGoFromOneRunToTheNext) {
  test::expect_reports({"SL120"});
  const auto ch = make_chan<int>(3);
  Mutex mu;
  WaitGroup wg;
  run([&] {
    ch.send(1);
    mu.lock();
    wg.add(2);
  });
  EXPECT_FALSE(mu.try_lock());
  run([&] {
    EXPECT_EQ(ch.recv(), 1);
    go([&] {
      mu.unlock();
      wg.add(-2);
    });
    wg.wait();
    EXPECT_TRUE(mu.try_lock());
    mu.unlock();
  });
}

}  // namespace
}  // namespace sluice
