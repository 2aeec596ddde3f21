// What a dying program shows of its goroutines, line by line in Go's format: headers, frames, who
// made whom, in which order, and in which words a wait is told.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <initializer_list>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

const char* const kAsleep = "fatal error: all goroutines are asleep - deadlock!\n";

// Follows the text from line to line as the format's description does.
void expect_format(const std::string& text) {
  static const std::regex header(
      R"re(goroutine [1-9][0-9]*( "[^"]*")? \[[^\],]+(, [1-9][0-9]* minutes)?(, locked to thread)?\]:)re");
  static const std::regex function(R"re([^\t].*\(\.\.\.\))re");
  static const std::regex place(R"re(\t[^\t]+(:[1-9][0-9]*)? \+0x[0-9a-f]+)re");
  static const std::regex created(R"re(created by [^\t]+ in goroutine [1-9][0-9]*)re");
  static const std::regex elsewhere(
      R"re(\tgoroutine running on other thread; stack unavailable)re");
  enum { kHeader, kFunction, kPlace, kCreator } expected = kHeader;
  bool after_creator = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    switch (expected) {
      case kHeader:
        ASSERT_TRUE(std::regex_match(line, header)) << line << "\nin:\n" << text;
        expected = kFunction;
        after_creator = false;
        break;
      case kFunction:
        if (line.empty()) {
          expected = kHeader;
        } else if (std::regex_match(line, created)) {
          ASSERT_FALSE(after_creator) << text;
          expected = kCreator;
        } else if (!std::regex_match(line, elsewhere)) {
          ASSERT_FALSE(after_creator) << "the creator comes last:\n" << text;
          ASSERT_TRUE(std::regex_match(line, function)) << line << "\nin:\n" << text;
          expected = kPlace;
        }
        break;
      case kPlace:
      case kCreator:
        ASSERT_TRUE(std::regex_match(line, place)) << line << "\nin:\n" << text;
        after_creator = expected == kCreator;
        expected = kFunction;
    }
  }
  EXPECT_EQ(expected, kFunction) << "cut short:\n" << text;
  EXPECT_EQ(text.back(), '\n');
}

// ---- the whole text ----

[[gnu::noinline]] void waits_on(const Chan<int>& ch) {
  ch.recv();
  asm volatile("");  // no tail call
}

SLUICE_CHILD(conformance_dump_of_a_deadlock) {
  return run(Options{.workers = 2}, [] {
    const auto ch = make_chan<int>();
    for (int i = 0; i < 3; ++i) go([=] { waits_on(ch); });
    go(GoOptions{.name = "of a name"}, [=] {
      const ThreadLock lock;
      waits_on(ch);
    });
    waits_on(ch);
  });
}
SLUICE_CHILD(conformance_dump_of_a_panic) {
  return run(Options{.workers = 2}, [] {
    const auto ch = make_chan<int>();
    const auto started = make_chan();
    for (int i = 0; i < 3; ++i) {
      go([=] {
        started.send();
        waits_on(ch);
      });
      started.recv();
    }
    go([] { throw Panic("alone"); });
    waits_on(ch);
  });
}
SLUICE_CHILD(conformance_dump_of_a_mistake) {
  return run(Options{.workers = 1}, [] {
    const auto ch = make_chan<int>();
    for (int i = 0; i < 3; ++i) go([=] { waits_on(ch); });
    go([] {
      while (test::parked("chan receive") < 4) yield();
      Mutex mu;
      mu.unlock();
    });
    for (int i = 0; i < 2; ++i) go([=] { waits_on(ch); });
    waits_on(ch);
  });
}

TEST(ConformanceDump, FollowsTheFormatAfterAnEmptyLine) {
  const std::initializer_list<std::pair<const test::Child*, std::string>> programs = {
      {&conformance_dump_of_a_deadlock, kAsleep},
      {&conformance_dump_of_a_panic, "panic: alone\n"},
      {&conformance_dump_of_a_mistake, "fatal error: sync: unlock of unlocked mutex\n"}};
  for (const auto& [child, message] : programs) {
    const test::ChildResult result = test::run_child(*child);
    EXPECT_EQ(result.status, 2) << child->name;
    ASSERT_EQ(result.err.rfind(message + "\n", 0), 0u) << child->name << ":\n" << result.err;
    expect_format(result.err.substr(message.size() + 1));
  }
}

TEST(ConformanceDump, DeadlockShowsAllAndAPanicOnlyTheOne) {
  const test::Dump deadlock = test::expect_fatal(conformance_dump_of_a_deadlock, kAsleep);
  EXPECT_EQ(deadlock.goroutines.size(), 5u);
  const test::Dump panic = test::expect_fatal(conformance_dump_of_a_panic, "panic: alone\n");
  ASSERT_EQ(panic.goroutines.size(), 1u);
  EXPECT_EQ(panic.goroutines[0].state, "running");
  EXPECT_TRUE(panic.goroutines[0].mentions("conformance_dump_of_a_panic"));
  EXPECT_FALSE(panic.goroutines[0].mentions("waits_on"));
}

// First the current one, then the others as they were made. Asleep, there is no current one.
TEST(ConformanceDump, OrderIsCurrentFirstThenAsCreated) {
  const auto ids = [](const test::Dump& dump) {
    std::vector<unsigned long> result;
    for (const test::DumpBlock& block : dump.goroutines) result.push_back(block.id);
    return result;
  };
  EXPECT_EQ(ids(test::expect_fatal(conformance_dump_of_a_deadlock, kAsleep)),
            (std::vector<unsigned long>{1, 2, 3, 4, 5}));
  EXPECT_EQ(ids(test::expect_fatal(conformance_dump_of_a_mistake,
                                   "fatal error: sync: unlock of unlocked mutex\n")),
            (std::vector<unsigned long>{5, 1, 2, 3, 4, 6, 7}));
}

TEST(ConformanceDump, HeaderHasNumberStateNameAndThreadLock) {
  const test::Dump dump = test::expect_fatal(conformance_dump_of_a_deadlock, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 5u);
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [chan receive]:");
  EXPECT_EQ(dump.goroutines[1].header, "goroutine 2 [chan receive]:");
  EXPECT_EQ(dump.goroutines[4].header,
            "goroutine 5 \"of a name\" [chan receive, locked to thread]:");
}

// ---- who made whom ----

[[gnu::noinline]] void make_grandchild(const Chan<int>& ch) {
  go([=] { waits_on(ch); });
  asm volatile("");
}

SLUICE_CHILD(conformance_dump_of_three_generations) {
  return run([] {
    const auto ch = make_chan<int>();
    go([=] { waits_on(ch); });
    go([=] {
      make_grandchild(ch);
      exit_goroutine();
    });
    waits_on(ch);
  });
}

TEST(ConformanceDump, NamesTheParentAndTheFunctionThatMadeEach) {
  const test::Dump dump = test::expect_fatal(conformance_dump_of_three_generations, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 3u);
  const test::DumpBlock* main = dump.with_id(1);
  const test::DumpBlock* child = dump.with_id(2);
  const test::DumpBlock* grandchild = &dump.goroutines[2];  // the youngest
  ASSERT_TRUE(main != nullptr && child != nullptr);
  ASSERT_GT(grandchild->id, 3u);
  EXPECT_FALSE(main->mentions("created by"));
  for (const test::DumpBlock& block : dump.goroutines) {
    EXPECT_TRUE(block.mentions("waits_on(...)")) << block.header;
    EXPECT_TRUE(block.mentions("dump_test.cpp:")) << block.header;
  }
  const auto creator = [](const test::DumpBlock& block) {
    return block.lines.size() < 2 ? "" : block.lines[block.lines.size() - 2];
  };
  EXPECT_TRUE(std::regex_match(creator(*child), std::regex("created by .* in goroutine 1")))
      << creator(*child);
  // The parent is gone, and told all the same.
  EXPECT_TRUE(std::regex_match(creator(*grandchild),
                               std::regex("created by .*make_grandchild in goroutine 3")))
      << creator(*grandchild);
  EXPECT_NE(grandchild->lines.back().find("dump_test.cpp:"), std::string::npos);
}

// ---- states ----

// Seen from main while it runs; whoever waits has this reason, and a line of its own.
SLUICE_TEST_ON(ConformanceDump, TellsEachWaitInGosWords, 1, 2, 8) {
  Mutex mu;
  Mutex guard;
  RWMutex read_locked;
  RWMutex write_locked;
  Cond cond;
  WaitGroup never;
  const auto ch = make_chan<int>();
  const auto full = make_chan<int>(1);
  const auto nap = with_cancel(Context::background());
  bool release = false;
  mu.lock();
  read_locked.lock_shared();
  write_locked.lock();
  never.add();
  full.send(0);
  WaitGroup wg;
  wg.go([&] { const Lock lock(mu); });
  wg.go([&] { const Lock lock(read_locked); });
  wg.go([&] { const SharedLock lock(write_locked); });
  wg.go([&] {
    const Lock lock(guard);
    cond.wait(guard, [&] { return release; });
  });
  wg.go([&] { never.wait(); });
  wg.go([&] { ch.recv(); });
  wg.go([&] { full.send(1); });
  wg.go([&] { select(on_recv(ch), on_send(full, 2)); });
  wg.go([&] {
    while (!nap.ctx.err()) sleep_for(20ms);
  });
  const std::initializer_list<const char*> reasons = {"sync.Mutex.Lock",
                                                      "sync.RWMutex.Lock",
                                                      "sync.RWMutex.RLock",
                                                      "sync.Cond.Wait",
                                                      "chan receive",
                                                      "chan send",
                                                      "select",
                                                      "sleep"};
  for (const char* reason : reasons) ASSERT_TRUE(test::eventually_parked(reason)) << reason;
  // Go 1.23 tells a wait for a group as semacquire, its successors by name.
  ASSERT_TRUE(test::eventually([] { return test::parked("semacquire") == 1; }));
  test::Dump dump;
  EXPECT_TRUE(test::eventually([&] {  // the sleeper is awake now and then
    const std::string text = debug::goroutine_dump();
    expect_format(text);
    dump = test::parse_dump(text);
    return dump.in_state("sleep") != nullptr;
  }));
  ASSERT_EQ(dump.goroutines.size(), 10u);
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [running]:");
  EXPECT_TRUE(dump.in_state("semacquire"));
  for (const char* reason : reasons) {
    const test::DumpBlock* block = dump.in_state(reason);
    ASSERT_NE(block, nullptr) << reason;
    EXPECT_TRUE(block->mentions("dump_test.cpp:")) << reason;
    EXPECT_TRUE(block->mentions("in goroutine 1")) << reason;
  }
  mu.unlock();
  read_locked.unlock_shared();
  write_locked.unlock();
  guard.lock();
  release = true;
  guard.unlock();
  cond.notify_all();
  never.done();
  ch.close();
  full.recv();
  full.try_recv();
  nap.cancel();
  wg.wait();
}

SLUICE_CHILD(conformance_dump_of_waits_without_a_channel) {
  return run([] {
    go([] { return Chan<int>{}.recv(); });
    go([] { Chan<int>{}.send(1); });
    go([] { return select(on_recv(Chan<int>{}), on_send(Chan<int>{}, 1)); });
    return select();
  });
}
SLUICE_CHILD(conformance_dump_of_a_writer_behind_a_writer) {
  return run([] {
    RWMutex mu;
    mu.lock();
    mu.lock();  // NOLINT(sluice-double-lock)
  });           // NOLINT(sluice-missing-unlock): never comes here
}
SLUICE_CHILD(conformance_dump_of_once_within_once) {
  return run([] {
    Once once;
    once.call([&] { once.call([] {}); });
  });
}

TEST(ConformanceDump, TellsWaitsThatNothingCanEnd) {
  const test::Dump dump = test::expect_fatal(conformance_dump_of_waits_without_a_channel, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 4u);
  EXPECT_EQ(dump.goroutines[0].state, "select (no cases)");
  EXPECT_EQ(dump.goroutines[1].state, "chan receive (nil chan)");
  EXPECT_EQ(dump.goroutines[2].state, "chan send (nil chan)");
  // Go drops nil cases first and tells what is left; either is the truth.
  EXPECT_TRUE(dump.goroutines[3].state == "select" ||
              dump.goroutines[3].state == "select (no cases)");
}

// Go shows the lock inside the object; a name of the object's own says more.
TEST(ConformanceDump, TellsWaitsOfComposedLocks) {
  test::Dump dump = test::expect_fatal(conformance_dump_of_a_writer_behind_a_writer, kAsleep);
  EXPECT_TRUE(dump.in_state("sync.RWMutex.Lock") != nullptr || dump.in_state("sync.Mutex.Lock"));
  dump = test::expect_fatal(conformance_dump_of_once_within_once, kAsleep);
  EXPECT_TRUE(dump.in_state("sync.Once.Do") != nullptr || dump.in_state("sync.Mutex.Lock"));
}

SLUICE_TEST_ON(ConformanceDump, TellsRunningElsewhere, 1, 2, 8) {
  std::atomic<bool> inside{false};
  std::atomic<bool> stop{false};
  WaitGroup wg;
  wg.go([&] {
    inside = true;
    while (!stop) {
    }
  });
  while (!inside) yield();
  const test::Dump dump = test::parse_dump(debug::goroutine_dump());
  ASSERT_EQ(dump.goroutines.size(), 2u);
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [running]:");
  EXPECT_EQ(dump.goroutines[1].header, "goroutine 2 [running]:");
  EXPECT_TRUE(dump.goroutines[1].mentions("goroutine running on other thread; stack unavailable"));
  EXPECT_TRUE(dump.goroutines[1].mentions("in goroutine 1"));
  stop = true;
  wg.wait();
}

SLUICE_TEST_ON(ConformanceDump, TellsRunnable, 1) {
  std::atomic<bool> stop{false};
  WaitGroup wg;
  wg.go([&] {
    while (!stop) yield();
  });
  EXPECT_TRUE(test::eventually([] {
    const test::Dump dump = test::parse_dump(debug::goroutine_dump());
    const test::DumpBlock* other = dump.in_state("runnable");
    return other != nullptr && other->id == 2 && other->mentions("in goroutine 1");
  }));
  stop = true;
  wg.wait();
}

}  // namespace
}  // namespace sluice
