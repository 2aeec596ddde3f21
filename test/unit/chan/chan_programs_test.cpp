// Small programs made of many goroutines and channels, held to their exact results.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

// Recursion over goroutines: each level waits for two others.
std::int64_t fibonacci(int n) {
  if (n < 2) return n;
  const auto left = make_chan<std::int64_t>();
  go([=] { left.send(fibonacci(n - 1)); });
  const std::int64_t right = fibonacci(n - 2);
  return left.recv().value() + right;
}

SLUICE_TEST(ChanPrograms, Fibonacci) { EXPECT_EQ(fibonacci(15), 610); }

// A ring: one token travels round 100 goroutines until it has made 20,000 steps.
SLUICE_TEST(ChanPrograms, ThreadRing) {
  constexpr int kSize = 100;
  const int steps = test::rounds(20'000);
  const auto winner = make_chan<int>();
  std::vector<Chan<int>> links;
  for (int i = 0; i < kSize; ++i) links.push_back(make_chan<int>());
  WaitGroup wg;
  for (int i = 0; i < kSize; ++i) {
    wg.go([=, in = links[i], out = links[(i + 1) % kSize]] {
      for (int token : in) {
        if (token == 0) {
          winner.send(i);
          break;
        }
        out.send(token - 1);
      }
    });
  }
  links[0].send(steps);
  EXPECT_EQ(winner.recv(), steps % kSize);
  for (const auto& link : links) link.close();
  wg.wait();
}

}  // namespace
}  // namespace sluice
