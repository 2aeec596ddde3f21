// Files of suppressions: what a line may say, what a wrong one is told, which reports it keeps
// back.
#include "debug/suppressions.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace sluice::checked {
namespace {

std::string file_of(const std::string& text) {
  const std::string path = testing::TempDir() + "suppressions_test.supp";
  std::ofstream(path) << text;
  return path;
}

Report report(const std::string& code) {
  Report report;
  report.code = code;
  Line& line = report.section().add(5, "bank.cc:57   Bank::log_transfer");
  line.place = {"Bank::log_transfer", "/src/bank/bank.cc", 57, 3};
  line.innermost = true;
  Line& caller = report.section().add(5, "main.cc:9   main::{lambda}");
  caller.place = {"main::{lambda}", "/src/main.cc", 9, 1};
  report.cast.objects.push_back({1, "Mutex", 12, "forks[0]", "", "forks[0]"});
  return report;
}

bool keeps_back(const std::string& text, const Report& what) {
  Suppressions suppressions;
  EXPECT_EQ(suppressions.load(file_of(text)), "");
  return suppressions.match(what) != nullptr;
}

std::string complaint(const std::string& text) {
  const std::string path = file_of(text);
  std::string wrong = Suppressions().load(path);
  EXPECT_TRUE(wrong.empty() || wrong.starts_with(path)) << wrong;
  return wrong.empty() ? wrong : wrong.substr(path.size());
}

TEST(Glob, star_is_any_text_and_question_mark_any_character) {
  EXPECT_TRUE(matches_glob("Bank::*", "Bank::log"));
  EXPECT_TRUE(matches_glob("*log*", "Bank::log"));
  EXPECT_TRUE(matches_glob("*a*b*c", "xxaxbxbxc"));
  EXPECT_TRUE(matches_glob("b?nk.cc", "bank.cc"));
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_FALSE(matches_glob("Bank", "Bank::log"));
  EXPECT_FALSE(matches_glob("*a*b*c", "xxaxbxbx"));
  EXPECT_FALSE(matches_glob("", "x"));
  EXPECT_TRUE(matches_glob("forks[0]", "forks[0]"));  // brackets are themselves
}

TEST(Suppressions, match_functions_files_and_objects) {
  const Report inversion = report("SL101");
  EXPECT_TRUE(keeps_back("order:Bank::log_transfer", inversion));
  EXPECT_TRUE(keeps_back("order:Bank::*\n", inversion));
  EXPECT_TRUE(keeps_back("order:bank.cc", inversion));
  EXPECT_TRUE(keeps_back("order:/src/bank/*", inversion));
  EXPECT_TRUE(keeps_back("order:forks[?]", inversion));
  EXPECT_TRUE(keeps_back("order:main::*", inversion));  // a caller, too
  EXPECT_FALSE(keeps_back("order:Shop::*", inversion));
}

TEST(Suppressions, match_by_kind_or_by_code) {
  EXPECT_TRUE(keeps_back("SL101:*", report("SL101")));
  EXPECT_FALSE(keeps_back("SL102:*", report("SL101")));
  EXPECT_FALSE(keeps_back("leak:*", report("SL101")));
  EXPECT_TRUE(keeps_back("leak:*", report("SL401")));
  EXPECT_TRUE(keeps_back("leak:*", report("SL202")));
  EXPECT_TRUE(keeps_back("wait:*", report("SL202")));
  EXPECT_TRUE(keeps_back("wait_group:*", report("SL502")));
  EXPECT_TRUE(keeps_back("channel:*", report("SL601")));
  EXPECT_TRUE(keeps_back("lock:*", report("SL120")));
  EXPECT_FALSE(keeps_back("order:*", report("SL999")));
}

TEST(Suppressions, may_have_comments_spaces_and_empty_lines) {
  EXPECT_TRUE(keeps_back("# known\n\n  order : Bank::*  \r\n", report("SL101")));
  EXPECT_FALSE(keeps_back("# order:*\n", report("SL101")));
  EXPECT_FALSE(keeps_back("", report("SL101")));
}

TEST(Suppressions, a_wrong_line_is_told_with_its_number) {
  EXPECT_EQ(
      complaint("# a\norder:x\nmutex:y\n"),
      ":3: unknown kind 'mutex' (known: order, lock, wait, asleep, leak, wait_group, channel, "
      "or a code such as SL101)");
  EXPECT_EQ(complaint("order"), ":1: no ':' in 'order'");
  EXPECT_EQ(complaint("order:"), ":1: nothing after ':' in 'order:'");
  EXPECT_EQ(complaint("SL1:x").substr(0, 22), ":1: unknown kind 'SL1'");
  EXPECT_NE(Suppressions().load("/no/such/file"), "");
  EXPECT_NE(Suppressions().load("/"), "");
}

TEST(Suppressions, each_report_says_how_to_be_rid_of_it) {
  EXPECT_EQ(suppression_for(report("SL502")), "wait_group:Bank::log_transfer");
  EXPECT_EQ(suppression_for(report("SL999")), "");
  Report of_lambdas = report("SL101");
  of_lambdas.sections[1].lines[0].innermost = true;
  EXPECT_EQ(suppression_for(of_lambdas), "order:Bank::log_transfer");
  of_lambdas.sections.erase(of_lambdas.sections.begin());
  EXPECT_EQ(suppression_for(of_lambdas), "order:main::{lambda}");
  of_lambdas.sections.clear();
  EXPECT_EQ(suppression_for(of_lambdas), "order:forks[0]");
}

}  // namespace
}  // namespace sluice::checked
