// Names of variables as their source line gives them.
#include "debug/source_lines.hpp"

#include <gtest/gtest.h>

namespace sluice::checked {
namespace {

TEST(SourceLine, reads_one_line_or_nothing) {
  EXPECT_EQ(source_line(__FILE__, 1), "// Names of variables as their source line gives them.");
  EXPECT_EQ(source_line(__FILE__, 1'000'000), "");
  EXPECT_EQ(source_line("no/such/file.cc", 1), "");
}

TEST(VariableMadeAt, finds_the_name_that_is_initialised) {
  EXPECT_EQ(variable_made_at("  auto jobs = sluice::make_chan<int>(4);"), "jobs");
  EXPECT_EQ(variable_made_at("sluice::Chan<int> results{make_chan<int>()};"), "results");
  EXPECT_EQ(variable_made_at("  Pool() : jobs_(sluice::make_chan<Job>(8)) {}"), "jobs_");
  EXPECT_EQ(variable_made_at("\tauto mu=std::make_unique<sluice::Mutex>();"), "mu");
  EXPECT_EQ(variable_made_at("  auto* wg = new sluice::WaitGroup;"), "wg");
}

TEST(VariableMadeAt, says_nothing_when_the_line_does_not) {
  EXPECT_EQ(variable_made_at("  return sluice::make_chan<int>();"), "");
  EXPECT_EQ(variable_made_at("  sluice::Mutex mu;"), "");
  EXPECT_EQ(variable_made_at("make_chan<int>()"), "");
  EXPECT_EQ(variable_made_at(""), "");
}

}  // namespace
}  // namespace sluice::checked
