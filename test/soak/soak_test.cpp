// Many goroutines (SLUICE_SOAK_GOROUTINES, 50,000) do everything at random, for as long as
// SLUICE_SOAK_SECONDS says (20): what is sent is received once, what is locked has one owner, what
// begins ends, and memory stays as it is after a minute, or half of the time.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "soak/shared_things.hpp"
#include "support/eventually.hpp"
#include "support/process_status.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMiB = 1024 * 1024;

std::chrono::seconds wanted_duration() {
  const char* text = std::getenv("SLUICE_SOAK_SECONDS");
  return std::chrono::seconds(text != nullptr ? std::atol(text) : 20);
}

// Prints a line now and then; returns by how much memory grew once it had settled.
std::size_t watch(const soak::SharedThings& things, std::chrono::seconds duration) {
  const TimePoint start = Clock::now();
  const Ticker ticker(std::max<Duration>(duration / 10, 1s));
  std::size_t settled = 0;
  std::size_t most = 0;
  while (Clock::now() - start < duration) {
    ticker.ticks().recv();
    const std::size_t resident = test::process_status().resident_bytes;
    const bool begins = Clock::now() - start < std::min<Duration>(duration / 2, 60s);
    if (begins || settled == 0) settled = most = resident;
    most = std::max(most, resident);
    std::printf("[ SOAK     ] %4.0f s: %s, %zu goroutines, %zu MiB resident\n",
                std::chrono::duration<double>(Clock::now() - start).count(), things.told().c_str(),
                num_goroutines(), resident / kMiB);
    std::fflush(stdout);
  }
  return most - settled;
}

TEST(Soak, NothingIsLostAndMemoryStaysFlat) {
  const std::uint64_t seed = test::seed();
  const char* wanted = std::getenv("SLUICE_SOAK_GOROUTINES");
  const int goroutines = wanted != nullptr ? std::atoi(wanted) : test::goroutines(50'000);
  const std::chrono::seconds duration = wanted_duration();
  run([&] {
    soak::SharedThings things;
    std::atomic<bool> stop{false};
    WaitGroup all;
    for (int i = 0; i < goroutines; ++i) {
      all.go([&, i] {
        soak::Walk walk(things, seed, static_cast<std::uint32_t>(i));
        while (!stop) walk.step();
      });
    }
    const std::size_t grown = watch(things, duration);
    stop = true;
    all.wait();
    things.finish();
    // The last have said that they are done, and have yet to end.
    EXPECT_TRUE(test::eventually([] { return num_goroutines() == 1; }));
    // An allocator under way for minutes moves a little; what leaks with each operation is far
    // more.
    EXPECT_TRUE(test::kSanitized || grown < 32 * kMiB) << grown / kMiB << " MiB more";
  });
}

}  // namespace
}  // namespace sluice
