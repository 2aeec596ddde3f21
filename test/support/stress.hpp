// How long a stress test goes on, and the seed of each of its rounds.
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice::test {

// Rounds of one stress test: `for (Rounds rounds; rounds.next();) { ... rounds.seed() ... }`. There
// is at least one, and no new one after SLUICE_STRESS_SECONDS (2 unless told). Each round has a
// seed of its own, so that SLUICE_TEST_SEED=<seed of the round> with SLUICE_STRESS_SECONDS=0
// replays that round alone.
class Rounds {
 public:
  Rounds();
  bool next();
  std::uint64_t seed() const { return seed_; }

 private:
  std::chrono::steady_clock::time_point end_;
  std::uint64_t seed_;
  bool first_ = true;
};

}  // namespace sluice::test
