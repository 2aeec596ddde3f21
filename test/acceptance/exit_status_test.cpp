// How programs end: main's own status, 0 with goroutines left, 2 with Go's line for what is fatal.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/figure.hpp"
#include "support/unchecked_locking.hpp"

namespace {

SLUICE_CHILD(returns_three) {
  return sluice::run([] { return 3; });
}
SLUICE_CHILD(leaves_goroutines_behind) {
  return sluice::run([] {
    for (int i = 0; i < 10; ++i) sluice::go([] { sluice::make_chan().recv(); });
  });
}
SLUICE_CHILD(falls_asleep) {
  return sluice::run([] {
    sluice::WaitGroup wg;
    wg.add();
    wg.wait();  // NOLINT(sluice-waitgroup-mismatch)
  });
}
SLUICE_CHILD(unlocks_unlocked) {
  return sluice::run([] {
    sluice::Mutex mu;
    mu.unlock();
  });
}
SLUICE_CHILD(throws) {
  return sluice::run([] {
    sluice::go([] { throw std::runtime_error("out of beans"); });
    sluice::make_chan().recv();
  });
}

[[gnu::noinline]] int down(int depth) {
  volatile char frame[256];
  frame[0] = static_cast<char>(depth);
  if (depth < 0) return 0;  // never, but the compiler can't know
  return down(depth + 1) + frame[0];
}
SLUICE_CHILD(recurses_for_ever) {
  return sluice::run([] { return down(0); });
}

void expect_end(const sluice::test::Child& child, int status, const std::string& first_line) {
  const auto result = sluice::test::run_child(child);
  const std::string line = result.err.substr(0, result.err.find('\n'));
  sluice::test::figure("%s: status %d, \"%s\"", child.name, result.status, line.c_str());
  EXPECT_EQ(result.status, status);
  EXPECT_EQ(line, first_line);
}

TEST(Acceptance, ExitStatus) {
  expect_end(returns_three, 3, "");
  expect_end(leaves_goroutines_behind, 0, "");
  expect_end(falls_asleep, 2, "fatal error: all goroutines are asleep - deadlock!");
  expect_end(unlocks_unlocked, 2, "fatal error: sync: unlock of unlocked mutex");
  expect_end(throws, 2, "panic: std::runtime_error: out of beans");
  expect_end(recurses_for_ever, 2, "runtime: goroutine stack exceeds 262144-byte limit");
}

}  // namespace
