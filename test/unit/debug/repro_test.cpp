// The command that repeats a run, as a shell reads it.
#include "debug/repro.hpp"

#include <gtest/gtest.h>

namespace sluice::checked {
namespace {

Options seeded(Level level) {
  Options options;
  options.level = level;
  options.seed = 7;
  return options;
}

TEST(Repro, NamesLevelSeedWorkersAndProgram) {
  const std::string line = repro(seeded(Level::check), 1);
  EXPECT_TRUE(line.starts_with("SLUICE_DEBUG=check,seed=7 SLUICE_WORKERS=1 ")) << line;
  EXPECT_NE(line.find("sluice_unit"), std::string::npos) << line;
  EXPECT_EQ(line.find("likely"), std::string::npos) << line;
  EXPECT_TRUE(repro(seeded(Level::full), 1).starts_with("SLUICE_DEBUG=full,seed=7 "));
}

TEST(Repro, SaysThatSeveralWorkersAreNotExact) {
  EXPECT_NE(repro(seeded(Level::check), 2).find("(likely; a seed replays exactly with one worker)"),
            std::string::npos);
}

TEST(Repro, IsEmptyWithoutASeed) { EXPECT_EQ(repro(Options{}, 1), ""); }

TEST(Repro, QuotesAsAShellReads) {
  EXPECT_EQ(shell_quoted("--gtest_filter=Pool.Many"), "--gtest_filter=Pool.Many");
  EXPECT_EQ(shell_quoted("Pool.*"), "'Pool.*'");
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("two words"), "'two words'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
}

}  // namespace
}  // namespace sluice::checked
