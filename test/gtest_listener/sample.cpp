// A user's test binary: one test whose locks can deadlock, one that expects such a report, one that
// is clean. Run by gtest_listener_test.py.
#include <gtest/gtest.h>

#include <atomic>

#include "sluice/sluice.hpp"
#include "sluice/testing/gtest.hpp"

namespace {

void invert(sluice::Mutex& a, sluice::Mutex& b) {
  sluice::run([&] {
    std::atomic<bool> first_is_over{false};
    sluice::WaitGroup both;
    both.go([&] {
      {
        sluice::Lock outer(a);
        sluice::Lock inner(b);
      }
      first_is_over = true;
    });
    while (!first_is_over) sluice::yield();
    both.go([&] {
      sluice::Lock outer(b);
      sluice::Lock inner(a);
    });
    both.wait();
  });
}

TEST(Sample, inverts) {
  static sluice::Mutex accounts, audit;
  invert(accounts, audit);
}

std::atomic<int> g_expected{0};

TEST(Sample, expects) {
  sluice::debug::set_report_handler([](const sluice::debug::Report&) { ++g_expected; });
  sluice::Mutex left, right;
  invert(left, right);
  EXPECT_EQ(g_expected, sluice::debug::enabled() ? 1 : g_expected.load());
}

TEST(Sample, is_clean) {
  sluice::run([] {
    sluice::Mutex mu;
    sluice::Lock guard(mu);
  });
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  testing::UnitTest::GetInstance()->listeners().Append(new sluice::debug::ReportListener);
  return RUN_ALL_TESTS();
}
