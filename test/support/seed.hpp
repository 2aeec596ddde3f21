// Randomness that can be had again: every random test prints the seed that replays it.
#pragma once

#include <cstdint>
#include <random>

namespace sluice::test {

// SLUICE_TEST_SEED, or a fresh one. Prints it with the name of the test that runs.
std::uint64_t seed();

// The random numbers of one goroutine among several that share a seed.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream = 0)
      : engine_(seed * 0x9e3779b97f4a7c15u + stream) {}

  // 0 <= result < limit.
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  bool one_in(std::uint64_t chances) { return below(chances) == 0; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace sluice::test
