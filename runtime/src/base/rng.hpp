// A small fast generator for scheduling decisions; not for anything secret.
#pragma once

#include <cstdint>

#include "base/sanitizers.hpp"

namespace sluice::base {

// splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
class Rng {
 public:
  SLUICE_THREAD_CONFINED constexpr explicit Rng(std::uint64_t seed) noexcept : state_(seed) {}
  SLUICE_THREAD_CONFINED std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // Evenly among 0 .. n-1 (off by less than n in 2^32); n > 0.
  std::uint32_t below(std::uint32_t n) noexcept {
    return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace sluice::base
