// The standard library's locks over our mutexes: they compile, exclude, share, and do not deadlock
// in either order.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>

#include "sluice/sluice.hpp"
#include "support/figure.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace {

SLUICE_TEST(StdLocksAcceptance, ScopedUniqueAndSharedLock) {
  sluice::Mutex a;
  sluice::Mutex b;
  sluice::RWMutex table;
  long under_a_and_b = 0;
  long under_table = 0;
  std::atomic<long> reads{0};
  const int rounds = sluice::test::rounds(2'000);
  sluice::WaitGroup wg;
  for (int id = 0; id < 8; ++id) {
    wg.go([&, id] {
      for (int i = 0; i < rounds; ++i) {
        if (id % 2 == 0) {
          std::scoped_lock both(a, b);
          ++under_a_and_b;
        } else {
          std::scoped_lock both(b, a);
          ++under_a_and_b;
        }
        if (i % 4 == 0) {
          std::unique_lock writing(table);
          ++under_table;
        } else {
          std::shared_lock reading(table);
          if (under_table >= 0) ++reads;
        }
      }
    });
  }
  wg.wait();
  EXPECT_EQ(under_a_and_b, 8L * rounds);
  EXPECT_EQ(under_table + reads, 8L * rounds);
  sluice::test::figure(
      "%d workers: %ld sections under two locks in either order, %ld writes, %ld reads",
      sluice::workers(), under_a_and_b, under_table, reads.load());
}

}  // namespace
