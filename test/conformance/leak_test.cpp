// Goroutines that nothing can wake are told of in checked mode, whatever they wait for; those that
// somebody can still reach are not.
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <regex>
#include <set>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/sanitizers.hpp"

namespace {

using namespace sluice;

using Names = std::set<std::string>;

// The names of the goroutines that reports tell of as waiting.
Names told_of(const std::string& text) {
  static const std::regex one(R"RE(\n +goroutine [0-9]+ "([^"]+)")RE");
  Names names;
  for (std::sregex_iterator at(text.begin(), text.end(), one), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

// Without a heap that can be read, only those are found that wait for nothing, or for each other's
// locks. Nothing else may be told in either case.
void expect_told(const test::Child& child, const Names& lost) {
  const test::ChildResult result = test::run_child(child, {{"SLUICE_DEBUG", "check"}});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err.find("[SL999]"), std::string::npos) << result.err;
  const Names told = told_of(result.err);
  for (const std::string& name : told) EXPECT_TRUE(lost.contains(name)) << result.err;
  if (!test::kSanitized) {
    EXPECT_EQ(told, lost) << result.err;
  }
}

// Waits until all goroutines but the caller wait for something, then looks for those that are lost.
bool settle_and_look(std::size_t others) {
  const auto all_wait = [=] {
    std::size_t waiting = 0;
    for (const test::DumpBlock& each : test::parse_dump(debug::goroutine_dump()).goroutines) {
      waiting += each.state != "running" && each.state != "runnable" ? 1 : 0;
    }
    return waiting == others;
  };
  if (!test::eventually(all_wait)) return false;
  debug::check_leaks();
  return true;
}

// One that waits for what a variable of the program holds, which lets it go on in the end.
Chan<int> g_reachable;
class Reachable {
 public:
  Reachable() {
    g_reachable = make_chan<int>();
    ended_.add(1);
    go({.name = "reachable"}, [this, ch = g_reachable] {
      ch.recv();
      ended_.done();
    });
  }
  ~Reachable() {
    g_reachable.close();
    ended_.wait();
  }

 private:
  WaitGroup ended_;
};

// What follows leaks on purpose. NOLINTBEGIN(sluice-*)

// ---- one for each thing to wait for ----

struct Things {
  Mutex mu;
  RWMutex read, written;
  Mutex cond_mu;
  Cond cond;
  WaitGroup group;
  Chan<int> in = make_chan<int>(), out = make_chan<int>(), other = make_chan<int>();
};

[[gnu::noinline]] void lose_one_of_each() {
  auto things = std::make_shared<Things>();
  go({.name = "nil receive"}, [] { Chan<int>().recv(); });
  go({.name = "nil send"}, [] { Chan<int>().send(1); });
  go({.name = "select without cases"}, [] { select(); });
  go({.name = "receive"}, [=] { things->in.recv(); });
  go({.name = "send"}, [=] { things->out.send(1); });
  go({.name = "select"}, [=] { select(on_recv(things->other), on_send(things->other, 1)); });
  things->group.add(1);
  go({.name = "wait group"}, [=] { things->group.wait(); });
  things->mu.lock();
  go({.name = "mutex"}, [=] { things->mu.lock(); });
  things->written.lock();
  go({.name = "read lock"}, [=] { things->written.lock_shared(); });
  things->read.lock_shared();
  go({.name = "write lock"}, [=] { things->read.lock(); });
  go({.name = "cond"}, [=] {
    Lock lock(things->cond_mu);
    things->cond.wait(things->cond_mu);
  });
  // Whoever holds the locks can't give them back either.
  things->in.recv();
}

SLUICE_CHILD(conformance_leak_one_of_each) {
  return run([] {
    const Reachable reachable;
    go({.name = "holder"}, [] { lose_one_of_each(); });
    return settle_and_look(13) ? 0 : 1;
  });
}

TEST(ConformanceLeak, OneThatNothingCanWakeIsToldWhateverItWaitsFor) {
  expect_told(conformance_leak_one_of_each,
              {"nil receive", "nil send", "select without cases", "receive", "send", "select",
               "wait group", "mutex", "read lock", "write lock", "cond", "holder"});
}

// ---- how goroutines get lost ----

[[gnu::noinline]] void range_without_close() {
  const auto jobs = make_chan<int>();
  go({.name = "range without close"}, [=] {
    for ([[maybe_unused]] const int job : jobs) yield();
  });
  jobs.send(1);
}

class Poller {
 public:
  Poller() {
    go({.name = "missing stop"}, [stopped = stopped_, polls = polls_] {
      while (select(on_recv(stopped), on_recv(polls)) != 0) {
      }
    });
  }
  void poll() { polls_.send(1); }
  void stop() { stopped_.close(); }

 private:
  Chan<> stopped_ = make_chan();
  Chan<int> polls_ = make_chan<int>();
};
[[gnu::noinline]] void missing_stop() { Poller().poll(); }

[[gnu::noinline]] void double_send() {
  const auto result = make_chan<int>();
  go({.name = "double send"}, [=] {
    result.send(-1);  // an error, and yet it goes on
    result.send(1);
  });
  result.recv();
}

[[gnu::noinline]] void early_return(bool failed) {
  const auto result = make_chan<int>();
  go({.name = "early return"}, [=] { result.send(1); });
  if (failed) return;
  result.recv();
}

[[gnu::noinline]] void n_cast() {
  const auto results = make_chan<int>();
  for (int i = 0; i < 3; ++i) go({.name = "n-cast"}, [=] { results.send(i); });
  results.recv();
}

[[gnu::noinline]] void timeout() {
  const auto result = make_chan<int>();
  const auto go_on = make_chan();
  go({.name = "timeout"}, [=] {
    go_on.recv();
    result.send(1);
  });
  select(on_recv(result), on_recv(after(std::chrono::milliseconds(1))));
  go_on.close();
}

SLUICE_CHILD(conformance_leak_patterns) {
  return run([] {
    const Reachable reachable;
    WaitGroup lost;
    lost.go([] {
      range_without_close();
      missing_stop();
      double_send();
      early_return(true);
      n_cast();
      timeout();
    });
    lost.wait();
    return settle_and_look(8) ? 0 : 1;
  });
}

TEST(ConformanceLeak, CommonWaysToLoseOneAreTold) {
  expect_told(conformance_leak_patterns, {"range without close", "missing stop", "double send",
                                          "early return", "n-cast", "timeout"});
}

// ---- what looks like a reference, and is none ----

struct Left {
  Chan<int> answer = make_chan<int>();
};
std::uintptr_t g_hidden;
volatile std::uintptr_t g_stale;

[[gnu::noinline]] void lose_one() {
  auto left = std::make_shared<Left>();
  g_hidden = ~reinterpret_cast<std::uintptr_t>(left.get());
  go({.name = "told once"}, [left] { left->answer.recv(); });
}

SLUICE_CHILD(conformance_leak_told_once) {
  return run([] {
    const Reachable reachable;
    WaitGroup lost;
    lost.go([] { lose_one(); });  // leaves nothing on this stack
    lost.wait();
    if (!settle_and_look(2)) return 1;
    g_stale = ~g_hidden;  // as a block of memory does that was used for something else before
    return debug::check_leaks() == (test::kSanitized ? 0 : 1) ? 0 : 2;
  });
}

TEST(ConformanceLeak, OneThatWasToldIsNotForgottenForAWordThatLooksLikeAReference) {
  expect_told(conformance_leak_told_once, {"told once"});
}

// NOLINTEND(sluice-*)

}  // namespace
