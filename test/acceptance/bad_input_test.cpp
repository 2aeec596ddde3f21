// What is asked for wrongly is told in one line that says what would be right, and ends with
// status 2.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/figure.hpp"

namespace {

SLUICE_CHILD(a_program_that_does_nothing) {
  return sluice::run([] {});
}

void expect_one_line(const std::string& variable, const std::string& value,
                     const std::string& wrong) {
  const auto child = sluice::test::run_child(a_program_that_does_nothing, {{variable, value}});
  sluice::test::figure("%s=%s: status %d: %s", variable.c_str(), value.c_str(), child.status,
                       child.err.substr(0, child.err.find('\n')).c_str());
  EXPECT_EQ(child.status, 2);
  EXPECT_EQ(child.out, "");
  EXPECT_EQ(std::count(child.err.begin(), child.err.end(), '\n'), 1) << child.err;
  EXPECT_NE(child.err.find(variable), std::string::npos)
      << "does not name the variable: " << child.err;
  EXPECT_NE(child.err.find("'" + wrong + "'"), std::string::npos)
      << "does not name what is wrong: " << child.err;
}

TEST(Acceptance, BadInputIsOneClearLine) {
  expect_one_line("SLUICE_WORKERS", "abc", "abc");
  expect_one_line("SLUICE_WORKERS", "-3", "-3");
  expect_one_line("SLUICE_WORKERS", "0", "0");
  expect_one_line("SLUICE_DEBUG", "chekc", "chekc");
  expect_one_line("SLUICE_DEBUG", "check,sede=7", "sede=7");
}

TEST(Acceptance, GoodInputIsSilent) {
  for (const char* workers : {"1", "2", "64"}) {
    const auto child =
        sluice::test::run_child(a_program_that_does_nothing, {{"SLUICE_WORKERS", workers}});
    EXPECT_EQ(child.status, 0);
    EXPECT_EQ(child.err, "");
  }
  EXPECT_EQ(sluice::test::run_child(a_program_that_does_nothing, {{"SLUICE_DEBUG", "off"}}).err,
            "");
  EXPECT_EQ(sluice::test::run_child(a_program_that_does_nothing, {{"SLUICE_DEBUG", ""}}).status, 0);
}

}  // namespace
