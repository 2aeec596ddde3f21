#include "support/stress.hpp"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "support/seed.hpp"

namespace sluice::test {

namespace {

std::chrono::milliseconds duration() {
  const char* given = std::getenv("SLUICE_STRESS_SECONDS");
  return std::chrono::milliseconds(given != nullptr ? static_cast<long>(std::atof(given) * 1000)
                                                    : 2000);
}

}  // namespace

Rounds::Rounds() : end_(std::chrono::steady_clock::now() + duration()), seed_(test::seed()) {}

bool Rounds::next() {
  if (first_) {
    first_ = false;
    return true;
  }
  if (testing::Test::HasFailure()) {
    std::printf("[ SEED     ] the round that failed is SLUICE_TEST_SEED=%" PRIu64
                " SLUICE_STRESS_SECONDS=0\n",
                seed_);
    return false;
  }
  ++seed_;
  return std::chrono::steady_clock::now() < end_;
}

}  // namespace sluice::test
