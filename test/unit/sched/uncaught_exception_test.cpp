// An exception that leaves a goroutine ends the process as an unrecovered panic does.
#include <gtest/gtest.h>

#include <cstdio>
#include <stdexcept>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/expect_fatal.hpp"

namespace sluice {
namespace {

[[gnu::noinline]] void throws_deep_down(int levels) {
  if (levels == 0) throw std::runtime_error("the reason");
  throws_deep_down(levels - 1);
  asm volatile("");  // no tail call
}

SLUICE_CHILD(exception_leaves_goroutine) {
  return run([] {
    go([] { throws_deep_down(3); });
    (void)make_chan<int>().recv();
  });
}
SLUICE_CHILD(exception_leaves_main) {
  return run([] { throws_deep_down(1); });
}
SLUICE_CHILD(exception_leaves_wait_group_goroutine) {
  return run([] {
    WaitGroup wg;
    wg.go([] { throws_deep_down(1); });
    wg.wait();
    std::puts("wait returned");
  });
}

TEST(UncaughtException, PrintsTypeTextAndStack) {
  for (const auto* child : {&exception_leaves_goroutine, &exception_leaves_main,
                            &exception_leaves_wait_group_goroutine}) {
    const test::Dump dump = test::expect_fatal(*child, "panic: std::runtime_error: the reason\n");
    ASSERT_EQ(dump.goroutines.size(), 1u) << child->name << ": only the one that threw is shown";
    const test::DumpBlock& block = dump.goroutines[0];
    EXPECT_EQ(block.state, "running");
    EXPECT_EQ(block.id == 1, child == &exception_leaves_main) << block.header;
    EXPECT_TRUE(block.mentions("throws_deep_down")) << "the stack of the throw is gone";
    EXPECT_TRUE(block.mentions("uncaught_exception_test.cpp"));
    EXPECT_EQ(block.mentions("created by"), child != &exception_leaves_main);
  }
}

SLUICE_CHILD(send_on_closed_channel) {
  return run([] {
    const auto ch = make_chan<int>();
    ch.close();
    ch.send(1);
  });
}
SLUICE_CHILD(select_send_on_closed_channel) {
  return run([] {
    const auto ch = make_chan<int>();
    ch.close();
    select(on_send(ch, 1), on_recv(make_chan<int>()));
  });
}
SLUICE_CHILD(close_of_closed_channel) {
  return run([] {
    const auto ch = make_chan<int>();
    ch.close();
    ch.close();
  });
}
SLUICE_CHILD(close_of_nil_channel) {
  return run([] { Chan<int>{}.close(); });
}
SLUICE_CHILD(makechan_size) {
  return run([] { make_chan<int>(static_cast<std::size_t>(-1)); });
}
SLUICE_CHILD(negative_wait_group) {
  return run([] {
    WaitGroup wg;
    wg.done();
  });
}

// What Go panics with is printed as Go prints it: its text alone.
TEST(UncaughtException, PanicsHaveGosText) {
  test::expect_fatal(send_on_closed_channel, "panic: send on closed channel\n");
  test::expect_fatal(select_send_on_closed_channel, "panic: send on closed channel\n");
  test::expect_fatal(close_of_closed_channel, "panic: close of closed channel\n");
  test::expect_fatal(close_of_nil_channel, "panic: close of nil channel\n");
  test::expect_fatal(makechan_size, "panic: makechan: size out of range\n");
  test::expect_fatal(negative_wait_group, "panic: sync: negative WaitGroup counter\n");
}

struct NoException {
  int number;
};

SLUICE_CHILD(int_leaves_goroutine) {
  return run([] { throw 42; });
}
SLUICE_CHILD(object_leaves_goroutine) {
  return run([] { throw NoException{1}; });
}

TEST(UncaughtException, OfATypeWithoutText) {
  test::expect_fatal(int_leaves_goroutine, "panic: int\n");
  test::expect_fatal(object_leaves_goroutine,
                     "panic: sluice::(anonymous namespace)::NoException\n");
}

// The print is complete even if main returns at the same time.
SLUICE_CHILD(exception_while_main_returns) {
  return run(Options{.workers = 2}, [] {
    const auto started = make_chan();
    go([=] {
      started.send();
      throw std::runtime_error("the reason");
    });
    started.recv();
  });
}

TEST(UncaughtException, PrintIsCompleteWhileMainReturns) {
  for (int i = 0; i < 5; ++i) {
    const test::ChildResult result = test::run_child(exception_while_main_returns);
    if (result.status == 0) {
      EXPECT_EQ(result.err, "") << "main was first";
    } else {
      EXPECT_EQ(result.status, 2);
      EXPECT_EQ(result.err.rfind("panic: std::runtime_error: the reason\n\ngoroutine ", 0), 0u)
          << result.err;
      EXPECT_EQ(test::parse_dump(result.err).goroutines.size(), 1u) << result.err;
    }
  }
}

SLUICE_CHILD(many_exceptions_at_once) {
  return run(Options{.workers = 4}, [] {
    for (int i = 0; i < 20; ++i) go([] { throw std::runtime_error("the reason"); });
    (void)make_chan<int>().recv();
  });
}

TEST(UncaughtException, OnlyTheFirstOfManyIsTold) {
  const test::Dump dump =
      test::expect_fatal(many_exceptions_at_once, "panic: std::runtime_error: the reason\n");
  EXPECT_EQ(dump.goroutines.size(), 1u);
}

SLUICE_CHILD(destructor_throws_while_unwinding) {
  return run([] {
    Defer second{[] { throw std::runtime_error("second"); }};
    throw std::runtime_error("first");
  });
}

TEST(UncaughtException, OutOfADestructorDuringUnwinding) {
  const test::ChildResult result = test::run_child(destructor_throws_while_unwinding);
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err.rfind("panic: ", 0), 0u) << result.err;
}

SLUICE_CHILD(terminate_on_a_foreign_thread) {
  run([] {});
  throw std::runtime_error("not ours");
}

TEST(UncaughtException, OutsideOfGoroutinesIsTheProgramsOwn) {
  const test::ChildResult result = test::run_child(terminate_on_a_foreign_thread);
  EXPECT_EQ(result.status, 128 + 6) << "std::terminate aborts, as without sluice";
  EXPECT_EQ(result.err.find("panic: "), std::string::npos) << result.err;
}

}  // namespace
}  // namespace sluice
