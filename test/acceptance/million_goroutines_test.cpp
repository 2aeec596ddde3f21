// A million goroutines wait on one channel at once and are let go, at 4.6 KiB each, page tables
// included.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/figure.hpp"
#include "support/process_status.hpp"
#include "support/sanitizers.hpp"

namespace {

constexpr int kWanted = 1'000'000;
constexpr double kMostBytes = 4.6 * 1024;

double seconds_since(sluice::TimePoint start) {
  return std::chrono::duration<double>(sluice::Clock::now() - start).count();
}

// In a process of its own, so that what other tests have left does not count.
SLUICE_CHILD(a_million_goroutines) {
  // Address space is what a sanitizer's shadow memory limits.
  const int count = sluice::test::kSanitized ? sluice::test::goroutines(20'000) : kWanted;
  return sluice::run([=] {
    const auto gate = sluice::make_chan();
    std::atomic<int> arrived{0};
    std::atomic<int> released{0};
    sluice::WaitGroup wg;
    const sluice::test::ProcessStatus before = sluice::test::process_status();
    const sluice::TimePoint start = sluice::Clock::now();
    for (int i = 0; i < count; ++i) {
      wg.go([&] {
        ++arrived;
        gate.recv();
        ++released;
      });
    }
    while (arrived < count) sluice::yield();
    if (!sluice::test::eventually_parked("chan receive", static_cast<std::size_t>(count))) return 1;
    const double blocked_after = seconds_since(start);
    const sluice::test::ProcessStatus after = sluice::test::process_status();
    const auto each = [=](std::size_t now, std::size_t then) {
      return (static_cast<double>(now) - static_cast<double>(then)) / count;
    };
    const double resident = each(after.resident_bytes, before.resident_bytes);
    const double tables = each(after.page_table_bytes, before.page_table_bytes);
    sluice::test::figure("%d goroutines blocked at once on one channel, after %.2f s", count,
                         blocked_after);
    sluice::test::figure(
        "%.0f bytes resident and %.0f bytes of page tables each, together %.0f (at most %.0f)",
        resident, tables, resident + tables, kMostBytes);
    sluice::test::figure("%zu memory mappings (%zu before)", after.mappings, before.mappings);
    const sluice::TimePoint release = sluice::Clock::now();
    gate.close();
    wg.wait();
    sluice::test::figure("released and ended after %.2f s", seconds_since(release));
    if (released != count) return 2;
    if (after.mappings > 1000) return 3;
    return sluice::test::kSanitized || resident + tables <= kMostBytes ? 0 : 4;
  });
}

TEST(Acceptance, AMillionGoroutinesOnOneChannel) {
  const sluice::test::ChildResult child = sluice::test::run_child(a_million_goroutines);
  std::fputs(child.out.c_str(), stdout);
  EXPECT_EQ(child.err, "");
  EXPECT_EQ(child.status, 0)
      << "1: not all got there, 2: not all were released, 3: too many mappings, 4: too large";
}

}  // namespace
