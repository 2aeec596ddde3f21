// Programs in which nobody can go on, and goroutines that end themselves: what runs on the way out,
// what can't stop it, and what is left when main does it.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

const char* const kAsleep = "fatal error: all goroutines are asleep - deadlock!\n";
const char* const kMainExited =
    "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n";

// ---- all asleep ----

SLUICE_CHILD(conformance_main_in_empty_select) {
  return run([] { return select(); });
}
SLUICE_CHILD(conformance_main_locked_in_empty_select) {
  return run([] {
    const ThreadLock lock;
    return select();
  });
}
SLUICE_CHILD(conformance_second_locked_goroutine_blocked) {
  return run([] {
    go([] {
      const ThreadLock lock;
      return select();
    });
    const ThreadLock lock;
    return select();
  });
}

TEST(ConformanceGoroutine, MainInEmptySelectIsADeadlock) {
  test::Dump dump = test::expect_fatal(conformance_main_in_empty_select, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 1u);
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [select (no cases)]:");
  dump = test::expect_fatal(conformance_main_locked_in_empty_select, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 1u);
  EXPECT_EQ(dump.goroutines[0].header, "goroutine 1 [select (no cases), locked to thread]:");
  dump = test::expect_fatal(conformance_second_locked_goroutine_blocked, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 2u);
  for (const test::DumpBlock& block : dump.goroutines) {
    EXPECT_NE(block.header.find("[select (no cases), locked to thread]:"), std::string::npos);
  }
}

// A run that begins before main does, in the constructor of a global variable.
SLUICE_CHILD(conformance_deadlock_before_main) { return 0; }
[[maybe_unused]] const bool g_ran_before_main = [] {
  const char* const child = std::getenv("SLUICE_TEST_CHILD");
  if (child == nullptr || std::strcmp(child, "conformance_deadlock_before_main") != 0) return false;
  run([] { return select(); });
  return true;
}();

TEST(ConformanceGoroutine, DeadlockBeforeMainIsSeen) {
  const test::Dump dump = test::expect_fatal(conformance_deadlock_before_main, kAsleep);
  EXPECT_TRUE(dump.in_state("select (no cases)"));
}

// One that can still act holds the verdict off for all others, whether it will help them or not.
// These end the process themselves.
SLUICE_CHILD(conformance_awake_by_a_ticker) {
  return run([] {
    go([] {
      const Ticker ticker(1ms);
      for (int i = 0; i < 20; ++i) ticker.ticks().recv();
      std::_Exit(7);
    });
    return select();
  });
}
SLUICE_CHILD(conformance_awake_by_a_sleeper) {
  return run([] {
    go([] {
      for (int i = 0; i < 20; ++i) sleep_for(1ms);
      std::_Exit(7);
    });
    return select();
  });
}
SLUICE_CHILD(conformance_awake_by_a_system_call) {
  return run([] {
    go([] {
      blocking([] { usleep(50'000); });
      std::_Exit(7);
    });
    return select();
  });
}
SLUICE_CHILD(conformance_awake_by_a_pending_call) {
  return run([] {
    const AfterFunc pending(20ms, [] { std::_Exit(7); });
    return select();
  });
}
SLUICE_CHILD(conformance_awake_by_a_loop) {
  return run(Options{.workers = 1}, [] {
    go([] {
      for (const TimePoint end = Clock::now() + 50ms; Clock::now() < end;) {
      }
      std::_Exit(7);
    });
    return select();
  });
}

TEST(ConformanceGoroutine, OneThatCanActHoldsTheVerdictOff) {
  for (const auto* child : {&conformance_awake_by_a_ticker, &conformance_awake_by_a_sleeper,
                            &conformance_awake_by_a_system_call,
                            &conformance_awake_by_a_pending_call, &conformance_awake_by_a_loop}) {
    const test::ChildResult result = test::run_child(*child);
    EXPECT_EQ(result.status, 7) << child->name;
    EXPECT_EQ(result.err, "") << child->name;
  }
}

// A server that waits for a client, which is another process, then for what it says; main waits for
// the server.
void answer_slowly(const sockaddr_in& server) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  usleep(20'000);
  if (connect(client, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) _exit(1);
  usleep(20'000);
  _exit(write(client, "x", 1) == 1 ? 0 : 1);
}
SLUICE_CHILD(conformance_awake_by_a_connection) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, any, length) != 0 || ::listen(listener, 1) != 0) return 1;
  if (getsockname(listener, any, &length) != 0) return 1;
  const pid_t client = fork();
  if (client == 0) answer_slowly(address);
  const int result = run([&] {
    const auto heard = make_chan<char>();
    go([=] {
      char said = 0;
      const int connection = blocking([&] { return accept(listener, nullptr, nullptr); });
      blocking([&] { return read(connection, &said, 1); });
      heard.send(said);
    });
    return heard.recv() == 'x' ? 7 : 1;
  });
  int status = -1;
  return waitpid(client, &status, 0) == client && status == 0 ? result : 1;
}

TEST(ConformanceGoroutine, PendingNetworkInputHoldsTheVerdictOff) {
  const test::ChildResult result = test::run_child(conformance_awake_by_a_connection);
  EXPECT_EQ(result.status, 7);
  EXPECT_EQ(result.err, "");
}

// ---- main calls exit_goroutine ----

SLUICE_CHILD(conformance_main_exits_alone) {
  return run([] { exit_goroutine(); });
}
SLUICE_CHILD(conformance_main_exits_before_others_end) {
  return run([] {
    for (int i = 0; i < 10; ++i) {
      go([] {
        for (int k = 0; k < 100; ++k) yield();
      });
    }
    exit_goroutine();
  });
}
SLUICE_CHILD(conformance_main_exits_after_a_caught_panic) {
  return run([] {
    try {
      Chan<int>{}.close();
    } catch (const Panic&) {
    }
    exit_goroutine();
  });
}
SLUICE_CHILD(conformance_main_exits_while_it_handles_a_panic) {
  return run([] {
    try {
      Chan<int>{}.close();
    } catch (const Panic&) {
      exit_goroutine();
    }
  });
}
SLUICE_CHILD(conformance_main_catches_a_panic_while_it_exits) {
  return run([] {
    Defer second{[] {
      try {
        Chan<int>{}.close();
      } catch (const Panic&) {
      }
    }};
    exit_goroutine();
  });
}

TEST(ConformanceGoroutine, MainsExitLetsOthersFinishThenIsADeadlock) {
  for (const auto* child :
       {&conformance_main_exits_alone, &conformance_main_exits_before_others_end,
        &conformance_main_exits_after_a_caught_panic,
        &conformance_main_exits_while_it_handles_a_panic,
        &conformance_main_catches_a_panic_while_it_exits}) {
    const test::ChildResult result = test::run_child(*child);
    EXPECT_EQ(result.status, 2) << child->name;
    EXPECT_EQ(result.err, kMainExited) << child->name;
  }
}

SLUICE_CHILD(conformance_main_exits_and_another_ends_the_process) {
  return run([] {
    go([] {
      for (int i = 0; i < 1000; ++i) yield();
      std::puts("still running");
      std::fflush(stdout);
      std::_Exit(5);
    });
    exit_goroutine();
  });
}
SLUICE_CHILD(conformance_main_exits_others_blocked) {
  return run([] {
    go([] { return select(); });
    exit_goroutine();
  });
}

TEST(ConformanceGoroutine, OthersGoOnAfterMainsExit) {
  const test::ChildResult result =
      test::run_child(conformance_main_exits_and_another_ends_the_process);
  EXPECT_EQ(result.status, 5);
  EXPECT_EQ(result.out, "still running\n");
  const test::Dump dump = test::expect_fatal(conformance_main_exits_others_blocked, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 1u) << "main is gone";
  EXPECT_EQ(dump.goroutines[0].state, "select (no cases)");
}

// ---- exit_goroutine itself ----

SLUICE_TEST_ON(ConformanceGoroutine, ExitRunsWhatWasDeferredInnermostFirst, 1, 2, 8) {
  std::string order;
  Mutex mu;
  const auto ch = make_chan<int>(1);
  WaitGroup wg;
  wg.go([&] {
    Defer outer{[&] { order += "outer "; }};
    Defer parks{[&] {
      yield();
      ch.send(1);
      order += "parks ";
    }};
    [&] {
      const Lock lock(mu);
      Defer inner{[&] { order += "inner "; }};
      exit_goroutine();
    }();
    order += "went on ";
  });
  wg.wait();
  EXPECT_EQ(order, "inner parks outer ");
  EXPECT_EQ(ch.try_recv(), 1);
  ASSERT_TRUE(mu.try_lock()) << "the lock was left behind";
  mu.unlock();
}

// What is deferred sees no panic, and may raise and catch one of its own without bringing the
// goroutine back.
SLUICE_TEST_ON(ConformanceGoroutine, WhatExitRunsSeesNoPanic, 1, 2, 8) {
  bool saw_a_panic = true;
  std::string caught;
  bool outer_ran = false;
  bool went_on = false;
  WaitGroup wg;
  wg.go([&] {
    Defer outer{[&] { outer_ran = true; }};
    {
      Defer inner{[&] {
        saw_a_panic = std::current_exception() != nullptr || std::uncaught_exceptions() != 0;
        try {
          Chan<int>{}.close();
        } catch (const Panic& panic) {
          caught = panic.what();
        }
      }};
      exit_goroutine();
    }
    went_on = true;
  });
  wg.wait();
  EXPECT_FALSE(saw_a_panic);
  EXPECT_EQ(caught, "close of nil channel");
  EXPECT_TRUE(outer_ran);
  EXPECT_FALSE(went_on);
}

SLUICE_TEST_ON(ConformanceGoroutine, ExitFromADeferredFunction, 1, 2, 8) {
  bool outer_ran = false;
  bool went_on = false;
  WaitGroup wg;
  wg.go([&] {
    Defer outer{[&] { outer_ran = true; }};
    {
      Defer leaves{[] { exit_goroutine(); }};
    }
    went_on = true;
  });
  wg.wait();
  EXPECT_TRUE(outer_ran);
  EXPECT_FALSE(went_on);
}

// Handlers that throw on let it pass; one that handles a panic when it happens lets go of that.
SLUICE_TEST_ON(ConformanceGoroutine, ExitPassesHandlersAndDropsThePanicInHand, 1, 2, 8) {
  struct Owner : std::runtime_error {
    explicit Owner(std::shared_ptr<int> p) : std::runtime_error("owner"), owned(std::move(p)) {}
    std::shared_ptr<int> owned;
  };
  auto owned = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = owned;
  std::atomic<int> handled{0};
  std::atomic<bool> went_on{false};
  WaitGroup wg;
  wg.go([&, owned = std::move(owned)]() mutable {
    try {
      try {
        throw Owner(std::move(owned));
      } catch (const Owner&) {
        exit_goroutine();
      }
    } catch (const std::exception&) {
      went_on = true;
    } catch (...) {
      ++handled;
      throw;
    }
    went_on = true;
  });
  wg.wait();
  EXPECT_EQ(handled, 1);
  EXPECT_FALSE(went_on);
  EXPECT_TRUE(test::eventually([&] { return watched.expired(); })) << "the panic was never dropped";
}

SLUICE_CHILD(conformance_exit_is_swallowed) {
  return run([] {
    go([] {
      try {
        exit_goroutine();
      } catch (...) {
      }
      std::puts("went on");
    });
    return select();
  });
}

TEST(ConformanceGoroutine, ExitCannotBeSwallowed) {
  const test::Dump dump = test::expect_fatal(
      conformance_exit_is_swallowed,
      "fatal error: sluice: exit_goroutine stopped by a catch (...) that does not throw on\n");
  ASSERT_FALSE(dump.goroutines.empty());
  EXPECT_EQ(dump.goroutines[0].state, "running");
  EXPECT_NE(dump.goroutines[0].id, 1u);
}

}  // namespace
}  // namespace sluice
