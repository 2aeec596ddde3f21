// SLUICE_DEBUG: every word that is known, and what a wrong one is told.
#include "debug/options.hpp"

#include <gtest/gtest.h>

namespace sluice::checked {
namespace {

Options good(std::string_view text) {
  const ParsedOptions parsed = parse_options(text);
  EXPECT_EQ(parsed.error, "") << text;
  return parsed.options;
}
std::string bad(std::string_view text) { return parse_options(text).error; }

TEST(Options, levels) {
  EXPECT_EQ(good("").level, Level::off);
  EXPECT_EQ(good("0").level, Level::off);
  EXPECT_EQ(good("off").level, Level::off);
  EXPECT_EQ(good("wait").level, Level::wait);
  EXPECT_EQ(good("check").level, Level::check);
  EXPECT_EQ(good("1").level, Level::check);
  EXPECT_EQ(good("full").level, Level::full);
}

TEST(Options, settings) {
  const Options options = good("wait,seed=7,report=out/dir,on_report=exit:66");
  EXPECT_EQ(options.level, Level::wait);
  EXPECT_EQ(options.seed, 7u);
  EXPECT_EQ(options.report_dir, "out/dir");
  EXPECT_EQ(options.on_report, OnReport::exit);
  EXPECT_EQ(options.exit_status, 66);
  EXPECT_EQ(good("on_report=abort").on_report, OnReport::abort);
  EXPECT_EQ(good("check,on_report=continue").on_report, OnReport::carry_on);
  EXPECT_FALSE(good("check").seed.has_value());
}

TEST(Options, switches) {
  EXPECT_FALSE(good("check").verbose);
  EXPECT_FALSE(good("check").all_orders);
  EXPECT_TRUE(good("wait,verbose").verbose);
  EXPECT_TRUE(good("verbose").all_orders);
  EXPECT_EQ(good("verbose").level, Level::check);
  EXPECT_FALSE(good("check").classes);
  EXPECT_TRUE(good("check,classes").classes);
}

TEST(Options, a_setting_alone_switches_check_on_but_off_stays_off) {
  EXPECT_EQ(good("seed=18446744073709551615").level, Level::check);
  EXPECT_EQ(good("off,seed=3").level, Level::off);
  EXPECT_EQ(good("report=x,").level, Level::check);
}

TEST(Options, an_unknown_word_is_told_the_known_ones) {
  EXPECT_EQ(bad("chekc"),
            "sluice: SLUICE_DEBUG: unknown word 'chekc' (known: off, wait, check, full, verbose, "
            "classes, seed=N, report=DIR, suppress=FILE, on_report=continue|abort|exit:N)");
  EXPECT_NE(bad("check,sed=3").find("unknown word 'sed=3'"), std::string::npos);
  EXPECT_NE(
      parse_options("2", "Options::debug").error.find("sluice: Options::debug: unknown word '2'"),
      std::string::npos);
}

TEST(Options, a_bad_value_is_told_what_would_be_right) {
  EXPECT_EQ(bad("seed=x"),
            "sluice: SLUICE_DEBUG: bad seed 'x' (wanted: a number from 0 to 18446744073709551615)");
  EXPECT_NE(bad("seed="), "");
  EXPECT_NE(bad("seed=18446744073709551616"), "");
  EXPECT_EQ(bad("on_report=explode"),
            "sluice: SLUICE_DEBUG: unknown on_report 'explode' (known: continue, abort, exit:N)");
  EXPECT_NE(bad("on_report=exit:256"), "");
  EXPECT_NE(bad("on_report=exit:"), "");
  EXPECT_NE(bad("report="), "");
}

}  // namespace
}  // namespace sluice::checked
