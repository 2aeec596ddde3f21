// Reports as text: the first line, columns, quoted source.
#include "debug/render_text.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace sluice::checked {
namespace {

std::string source_file() {
  const std::string path = testing::TempDir() + "render_text_test_source.cc";
  std::ofstream(path) << "void f() {\n"
                         "  sluice::Lock guard(bank.accounts_[at(1)]);\n"
                         "\tmu.lock();\n"
                         "}\n";
  return path;
}

Report report() {
  Report report;
  report.code = "SL101";
  report.title = "something";
  report.certainty = "feasible";
  report.why = "it may";
  return report;
}

TEST(RenderText, begins_with_severity_code_and_title) {
  Report r = report();
  EXPECT_EQ(render_text(r), "sluice: error[SL101]: something\n  certainty: feasible - it may\n");
  r.severity = Severity::fatal;
  r.certainty.clear();
  EXPECT_EQ(render_text(r), "sluice: fatal[SL101]: something\n");
  r.severity = Severity::note;
  EXPECT_EQ(render_text(r), "sluice: note[SL101]: something\n");
}

TEST(RenderText, has_no_escapes_unless_asked) {
  EXPECT_EQ(render_text(report()).find('\x1b'), std::string::npos);
  EXPECT_NE(render_text(report(), true).find("\x1b[1;31msluice: error[SL101]:\x1b[0m something"),
            std::string::npos);
}

TEST(RenderText, separates_sections_and_leaves_empty_ones_out) {
  Report r = report();
  r.section().add(2, "one");
  r.section();
  r.section().add(4, "two");
  EXPECT_EQ(
      render_text(r),
      "sluice: error[SL101]: something\n  certainty: feasible - it may\n\n  one\n\n    two\n");
}

TEST(RenderText, quotes_source_with_a_mark_at_the_name_before_the_bracket) {
  Report r = report();
  Line& line = r.section().add(5, "f.cc:2   f");
  line.excerpt = {source_file(), 2, 43, "held from here", 8};
  EXPECT_NE(render_text(r).find("     f.cc:2   f\n"
                                "        2 |   sluice::Lock guard(bank.accounts_[at(1)]);\n"
                                "          |                ^ held from here\n"),
            std::string::npos)
      << render_text(r);
}

TEST(RenderText, counts_a_tab_as_two_columns) {
  Report r = report();
  r.section().add(0, "x").excerpt = {source_file(), 3, 10, "here", 1};
  EXPECT_NE(render_text(r).find(" 3 |   mu.lock();\n   |      ^ here\n"), std::string::npos)
      << render_text(r);
}

TEST(RenderText, leaves_out_source_that_is_not_there) {
  Report r = report();
  r.section().add(0, "x").excerpt = {"no/such/file.cc", 3, 1, "here", 1};
  r.section().add(0, "y").excerpt = {source_file(), 99, 1, "here", 1};
  EXPECT_EQ(render_text(r).find('|'), std::string::npos);
}

TEST(RenderText, breaks_prose_at_spaces_and_columns_never) {
  Report r = report();
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word ";
  r.section().add_prose(2, "help: " + words);
  r.section().add(2, "table " + words);
  const std::string text = render_text(r);
  EXPECT_NE(text.find("\n    word word"), std::string::npos);
  EXPECT_NE(text.find("  table " + words), std::string::npos);
  std::size_t help = text.find("help:");
  EXPECT_LE(text.find('\n', help) - text.rfind('\n', help), 101u);
}

}  // namespace
}  // namespace sluice::checked
