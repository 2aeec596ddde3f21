// debug::goroutine_dump: every goroutine, what it waits for, where, and who made it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>

#include "sluice/sluice.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

SLUICE_TEST(Dump, MainAlone) {
  const test::Dump dump = test::parse_dump(debug::goroutine_dump());
  ASSERT_EQ(dump.goroutines.size(), 1u);
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [running]:");
  EXPECT_TRUE(dump.goroutines[0].mentions("dump_test.cpp"));
}

SLUICE_TEST(Dump, ShowsEveryWaitReason) {
  Mutex mu;
  RWMutex read_locked;
  RWMutex write_locked;
  Mutex cond_mu;
  Cond cond;
  WaitGroup never;
  const auto ch = make_chan<int>();
  const auto other = make_chan<int>();
  const auto full = make_chan<int>(1);
  mu.lock();
  read_locked.lock_shared();
  write_locked.lock();
  never.add();
  full.send(0);
  bool release = false;
  WaitGroup wg;
  wg.go([&] {
    mu.lock();
    mu.unlock();
  });
  wg.go([&] {
    read_locked.lock();
    read_locked.unlock();
  });
  wg.go([&] {
    write_locked.lock_shared();
    write_locked.unlock_shared();
  });
  wg.go([&] {
    Lock lock(cond_mu);
    cond.wait(cond_mu, [&] { return release; });
  });
  wg.go([&] { never.wait(); });
  wg.go([&] { ch.recv(); });
  wg.go([&] { full.send(1); });
  wg.go([&] { select(on_recv(ch), on_recv(other)); });
  const char* const reasons[] = {"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock",
                                 "sync.Cond.Wait",  "chan receive",      "chan send",
                                 "select"};
  for (const char* reason : reasons) ASSERT_TRUE(test::eventually_parked(reason)) << reason;
  const test::Dump dump = test::parse_dump(debug::goroutine_dump());
  for (const char* reason : reasons) {
    const test::DumpBlock* block = dump.in_state(reason);
    ASSERT_NE(block, nullptr) << reason;
    EXPECT_TRUE(block->mentions("dump_test.cpp")) << reason << ": no line of its own";
    EXPECT_TRUE(block->mentions("created by")) << reason;
    EXPECT_TRUE(block->mentions("in goroutine 1")) << reason;
  }
  EXPECT_EQ(dump.goroutines.size(), num_goroutines());
  mu.unlock();
  read_locked.unlock_shared();
  write_locked.unlock();
  {
    Lock lock(cond_mu);
    release = true;
  }
  cond.notify_all();
  never.done();
  ch.close();
  full.recv();
  wg.wait();
}

SLUICE_TEST(Dump, ShowsSleepers) {
  const auto done = make_chan();
  go(GoOptions{.name = "napper"}, [=] {
    sleep_for(50ms);
    done.close();
  });
  EXPECT_TRUE(test::eventually(
      [&] { return test::parked("sleep") == 1 || try_select(on_recv(done)) == 0; }));
  const std::string text = debug::goroutine_dump();
  if (try_select(on_recv(done)) != 0) {
    const test::Dump dump = test::parse_dump(text);
    const test::DumpBlock* block = dump.in_state("sleep");
    ASSERT_NE(block, nullptr) << text;
    EXPECT_NE(block->header.find("napper"), std::string::npos) << block->header;
  }
  done.recv();
}

// Taken from a thread outside, while goroutines run: it must neither crash nor hang, whatever it
// sees.
SLUICE_TEST(Dump, WhileGoroutinesRun) {
  std::atomic<bool> stop{false};
  WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([&] {
      while (!stop) {
        const auto ch = make_chan<int>();
        go([=] { ch.send(1); });
        ch.recv();
      }
    });
  }
  test::ForeignThread watcher([&] {
    for (int i = 0; i < 20; ++i)
      EXPECT_NE(debug::goroutine_dump().find("goroutine 1 ["), std::string::npos);
    stop = true;
  });
  wg.wait();
}

TEST(Dump, IsEmptyOutsideOfRun) { EXPECT_EQ(debug::goroutine_dump(), ""); }

}  // namespace
}  // namespace sluice
