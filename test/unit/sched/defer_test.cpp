// Defer runs when its scope ends, however it ends; Panic is what Go panics with.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

SLUICE_TEST(Defer, RunsAtTheEndOfTheScope) {
  std::string order;
  {
    Defer first{[&] { order += "1"; }};
    Defer second{[&] { order += "2"; }};
    SLUICE_DEFER { order += "3"; };
    SLUICE_DEFER { order += "4"; };
    order += "body ";
  }
  EXPECT_EQ(order, "body 4321") << "last made, first run";
}

SLUICE_TEST(Defer, RunsOnReturnAndOnAnException) {
  int ran = 0;
  auto returns = [&] {
    SLUICE_DEFER { ++ran; };
    if (ran == 0) return 1;
    return 2;
  };
  EXPECT_EQ(returns(), 1);
  EXPECT_EQ(ran, 1);
  try {
    SLUICE_DEFER { ++ran; };
    throw std::runtime_error("on its way");
  } catch (const std::runtime_error&) {
    EXPECT_EQ(ran, 2);
  }
}

SLUICE_TEST(Defer, MayParkAndMayThrowOutOfAScopeThatEndsWell) {
  const auto ch = make_chan<int>();
  go([=] { Defer send{[=] { ch.send(7); }}; });
  EXPECT_EQ(ch.recv(), 7);
  EXPECT_THROW({ Defer throwing{[] { throw std::runtime_error("from defer"); }}; },
               std::runtime_error);
}

SLUICE_TEST(Defer, SeesLaterChanges) {
  int value = 1;
  int seen = 0;
  {
    SLUICE_DEFER { seen = value; };
    value = 2;
  }
  EXPECT_EQ(seen, 2);
}

// Go's idiom: recover is catch, and the locks are free afterwards.
SLUICE_TEST(Defer, UnlocksAfterAPanic) {
  Mutex mu;
  const auto ch = make_chan<int>();
  ch.close();
  try {
    mu.lock();
    SLUICE_DEFER { mu.unlock(); };
    ch.send(1);
  } catch (const Panic& panic) {
    EXPECT_STREQ(panic.what(), "send on closed channel");
  }
  EXPECT_TRUE(mu.try_lock());
  mu.unlock();
}

TEST(Panic, IsALogicErrorWithItsText) {
  const Panic panic("the text");
  const std::logic_error& error = panic;
  EXPECT_STREQ(error.what(), "the text");
  EXPECT_STREQ(Panic(std::string("another")).what(), "another");
  const Panic copy = panic;
  EXPECT_STREQ(copy.what(), "the text");
}

}  // namespace
}  // namespace sluice
