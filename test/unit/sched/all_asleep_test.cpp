// Nobody can run again: Go's line and a dump of who waits for what. And when that must not be said.
#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/expect_fatal.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

const char* const kAsleep = "fatal error: all goroutines are asleep - deadlock!\n";

void expect_asleep(const test::Child& child, const std::string& reason_of_main) {
  const test::Dump dump = test::expect_fatal(child, kAsleep);
  ASSERT_FALSE(dump.goroutines.empty()) << child.name;
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [" + reason_of_main + "]:");
  EXPECT_TRUE(dump.goroutines[0].mentions("all_asleep_test.cpp"))
      << child.name << ": no line of main's own";
  EXPECT_FALSE(dump.goroutines[0].mentions("created by")) << "main was created by nobody";
}

SLUICE_CHILD(asleep_in_recv) {
  return run([] { (void)make_chan<int>().recv(); });
}
SLUICE_CHILD(asleep_in_send) {
  return run([] { make_chan<int>().send(1); });
}
SLUICE_CHILD(asleep_in_nil_recv) {
  return run([] { (void)Chan<int>{}.recv(); });
}
SLUICE_CHILD(asleep_in_nil_send) {
  return run([] { Chan<int>{}.send(1); });
}
SLUICE_CHILD(asleep_in_select) {
  return run([] {
    const auto a = make_chan();
    const auto b = make_chan();
    select(on_recv(a), on_send(b));
  });
}
SLUICE_CHILD(asleep_in_empty_select) {
  // What follows the call keeps it from being the function's last, which would leave no frame of
  // its own.
  return run([] {
    if (select() == 0) std::puts("an empty select has returned");
  });
}
SLUICE_CHILD(asleep_in_mutex) {
  return run([] {
    Mutex mu;
    mu.lock();
    mu.lock();
  });
}
SLUICE_CHILD(asleep_in_rw_mutex_write) {
  return run([] {
    RWMutex mu;
    mu.lock_shared();
    mu.lock();
  });
}
SLUICE_CHILD(asleep_in_rw_mutex_read) {
  return run([] {
    RWMutex mu;
    mu.lock();
    mu.lock_shared();
  });
}
SLUICE_CHILD(asleep_in_cond) {
  return run([] {
    Mutex mu;
    Cond cond;
    mu.lock();
    cond.wait(mu);
  });
}
SLUICE_CHILD(asleep_in_range) {
  return run([] {
    const auto ch = make_chan<int>(3);
    ch.send(1);
    for (int value : ch) (void)value;
  });
}

TEST(AllAsleep, TellsTheWaitReason) {
  expect_asleep(asleep_in_recv, "chan receive");
  expect_asleep(asleep_in_send, "chan send");
  expect_asleep(asleep_in_nil_recv, "chan receive (nil chan)");
  expect_asleep(asleep_in_nil_send, "chan send (nil chan)");
  expect_asleep(asleep_in_select, "select");
  expect_asleep(asleep_in_empty_select, "select (no cases)");
  expect_asleep(asleep_in_mutex, "sync.Mutex.Lock");
  expect_asleep(asleep_in_rw_mutex_write, "sync.RWMutex.Lock");
  expect_asleep(asleep_in_rw_mutex_read, "sync.RWMutex.RLock");
  expect_asleep(asleep_in_cond, "sync.Cond.Wait");
  expect_asleep(asleep_in_range, "chan receive");
}

SLUICE_CHILD(asleep_in_wait_group) {
  return run([] {
    WaitGroup wg;
    wg.add();
    wg.wait();
  });
}
SLUICE_CHILD(asleep_in_once) {
  return run([] {
    Once once;
    once.call([&] { once.call([] {}); });
  });
}

// Go's text for these two changed with its versions; each is one of those.
TEST(AllAsleep, WaitGroupAndOnce) {
  const test::Dump group = test::expect_fatal(asleep_in_wait_group, kAsleep);
  ASSERT_EQ(group.goroutines.size(), 1u);
  EXPECT_TRUE(group.in_state("sync.WaitGroup.Wait") || group.in_state("semacquire"))
      << group.goroutines[0].header;
  const test::Dump once = test::expect_fatal(asleep_in_once, kAsleep);
  ASSERT_EQ(once.goroutines.size(), 1u);
  EXPECT_TRUE(once.in_state("sync.Once.Do") || once.in_state("sync.Mutex.Lock"))
      << once.goroutines[0].header;
}

SLUICE_CHILD(several_asleep) {
  return run(Options{.workers = 2}, [] {
    WaitGroup wg;
    const auto ch = make_chan<int>();
    for (int i = 0; i < 3; ++i) wg.go([=] { ch.send(i); });
    wg.go([=] {
      go(GoOptions{.name = "grandchild"}, [=] { select(on_send(ch, 1), on_send(ch, 2)); });
      ch.send(9);
    });
    wg.wait();
  });
}

TEST(AllAsleep, ShowsAllGoroutinesWithTheirParents) {
  const test::Dump dump = test::expect_fatal(several_asleep, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 6u);
  EXPECT_EQ(dump.goroutines[0].id, 1u);
  int senders = 0;
  for (const test::DumpBlock& block : dump.goroutines) {
    if (block.state == "chan send") {
      ++senders;
      EXPECT_TRUE(block.mentions("in goroutine 1")) << block.header;
    }
    EXPECT_TRUE(block.mentions("all_asleep_test.cpp"))
        << block.header << " shows no line of its own";
  }
  EXPECT_EQ(senders, 4);
  const test::DumpBlock* grandchild = dump.in_state("select");
  ASSERT_NE(grandchild, nullptr);
  EXPECT_NE(grandchild->header.find("grandchild"), std::string::npos) << grandchild->header;
  EXPECT_FALSE(grandchild->mentions("in goroutine 1\n"));
}

// An idle timer that nobody waits on does not hold the verdict off; nor do timers that were
// stopped.
SLUICE_CHILD(asleep_beside_an_idle_timer) {
  return run([] {
    Timer idle(1h);
    Timer stopped(1h);
    stopped.stop();
    const auto unused = after(1h);
    (void)make_chan<int>().recv();
  });
}

TEST(AllAsleep, DespiteIdleTimers) { expect_asleep(asleep_beside_an_idle_timer, "chan receive"); }

SLUICE_CHILD(asleep_after_work) {
  return run(Options{.workers = 4}, [] {
    WaitGroup wg;
    for (int i = 0; i < 100; ++i) {
      wg.go([] {
        yield();
        sleep_for(100us);
      });
    }
    wg.wait();
    (void)make_chan<int>().recv();
  });
}

TEST(AllAsleep, AfterMuchWork) { expect_asleep(asleep_after_work, "chan receive"); }

// ---- when it must not be said ----

SLUICE_CHILD(awake_by_a_sleeper) {
  return run([] {
    const auto ch = make_chan<int>();
    go([=] {
      sleep_for(100ms);
      ch.send(5);
    });
    return ch.recv().value();
  });
}
SLUICE_CHILD(awake_by_a_timer) {
  return run([] {
    const auto ch = make_chan<int>();
    return select(on_recv(ch), on_recv(after(100ms))) == 1 ? 5 : 1;
  });
}
SLUICE_CHILD(awake_by_a_system_call) {
  return run([] {
    const auto ch = make_chan<int>();
    go([=] {
      usleep(100'000);
      ch.send(2);
    });
    go([=] {
      blocking([] { usleep(150'000); });
      ch.send(3);
    });
    return ch.recv().value() + ch.recv().value();
  });
}
SLUICE_CHILD(awake_by_a_foreign_thread) {
  return run([] {
    const auto ch = make_chan<int>();
    std::thread other([=] {
      usleep(100'000);
      ch.send(5);
    });
    const int value = ch.recv().value();
    other.join();
    return value;
  });
}
SLUICE_CHILD(awake_by_a_spinning_goroutine) {
  return run(Options{.workers = 1}, [] {
    const auto ch = make_chan<int>();
    go([=] {
      for (const TimePoint end = Clock::now() + 100ms; Clock::now() < end;) {
      }
      ch.send(5);
    });
    return ch.recv().value();
  });
}

TEST(AllAsleep, IsNotSaidWhileSomebodyCanWakeAnother) {
  for (const auto* child : {&awake_by_a_sleeper, &awake_by_a_timer, &awake_by_a_system_call,
                            &awake_by_a_foreign_thread, &awake_by_a_spinning_goroutine}) {
    const test::ChildResult result = test::run_child(*child);
    EXPECT_EQ(result.status, 5) << child->name;
    EXPECT_EQ(result.err, "") << child->name;
  }
}

// Foreign threads that are parked on sluice objects themselves wake nobody.
SLUICE_CHILD(asleep_with_a_parked_foreign_thread) {
  return run([] {
    const auto ch = make_chan<int>();
    std::thread([=] { (void)ch.recv(); }).detach();
    (void)ch.recv();
  });
}

TEST(AllAsleep, WithForeignThreadsParkedToo) {
  const test::Dump dump = test::expect_fatal(asleep_with_a_parked_foreign_thread, kAsleep);
  ASSERT_FALSE(dump.goroutines.empty());
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [chan receive]:");
}

}  // namespace
}  // namespace sluice
