#include "support/seed.hpp"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace sluice::test {

std::uint64_t seed() {
  const char* given = std::getenv("SLUICE_TEST_SEED");
  const std::uint64_t value =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  if (const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info()) {
    std::printf("[ SEED     ] SLUICE_TEST_SEED=%" PRIu64 " replays %s.%s\n", value,
                test->test_suite_name(), test->name());
    std::fflush(stdout);
  }
  return value;
}

}  // namespace sluice::test
