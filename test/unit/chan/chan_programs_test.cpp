// Small programs made of many goroutines and channels, held to their exact results.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

// Each goroutine adds one to what comes from its right; all wait at once before the first value
// goes in.
SLUICE_TEST(ChanPrograms, DaisyChainOfTenThousand) {
  const int length = test::goroutines(10'000);
  const auto leftmost = make_chan<int>();
  Chan<int> left = leftmost;
  for (int i = 0; i < length; ++i) {
    const auto right = make_chan<int>();
    go([left, right] { left.send(1 + right.recv().value()); });
    left = right;
  }
  go([left] { left.send(1); });
  EXPECT_EQ(leftmost.recv(), length + 1);
}

// A filter for each prime; the channels are dropped with their goroutines still blocked in Go's
// version, here the close runs down the chain.
SLUICE_TEST(ChanPrograms, PrimeSieve) {
  const auto numbers = make_chan<int>();
  const auto stop = make_chan();
  go([=] {
    for (int n = 2;; ++n) {
      if (select(on_send(numbers, n), on_recv(stop)) == 1) break;
    }
    numbers.close();
  });
  std::vector<int> primes;
  RecvChan<int> source = numbers;
  while (primes.size() < 100) {
    const int prime = source.recv().value();
    primes.push_back(prime);
    const auto filtered = make_chan<int>();
    go([=] {
      for (int n : source) {
        if (n % prime == 0) continue;
        if (select(on_send(filtered, n), on_recv(stop)) == 1) break;
      }
      filtered.close();
    });
    source = filtered;
  }
  stop.close();
  for (int n : source) (void)n;
  EXPECT_EQ(primes[0], 2);
  EXPECT_EQ(primes[1], 3);
  EXPECT_EQ(primes[24], 97);
  EXPECT_EQ(primes[99], 541);
}

// 23 workers take turns at 271,828 items; each sends back what it made of them.
SLUICE_TEST(ChanPrograms, WorkersOverOneChannel) {
  constexpr int kWorkers = 23;
  const int items = test::rounds(271'828);
  const auto jobs = make_chan<int>(100);
  const auto results = make_chan<std::int64_t>(100);
  WaitGroup wg;
  for (int i = 0; i < kWorkers; ++i) {
    wg.go([=] {
      for (int job : jobs) results.send(std::int64_t{3} * job);
    });
  }
  go([=] {
    for (int i = 0; i < items; ++i) jobs.send(i);
    jobs.close();
  });
  go([&wg, results] {
    wg.wait();
    results.close();
  });
  std::int64_t sum = 0;
  int count = 0;
  for (std::int64_t result : results) {
    sum += result;
    ++count;
  }
  EXPECT_EQ(count, items);
  EXPECT_EQ(sum, std::int64_t{3} * items * (items - 1) / 2);
}

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
