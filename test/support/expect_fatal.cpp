#include "support/expect_fatal.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace sluice::test {

Dump expect_fatal(const Child& child, const std::string& message) {
  const ChildResult result = run_child(child);
  EXPECT_EQ(result.status, 2) << child.name;
  EXPECT_EQ(result.out, "") << child.name;
  EXPECT_EQ(result.err.substr(0, message.size() + 1), message + "\n") << child.name << " printed:\n"
                                                                      << result.err;
  Dump dump = parse_dump(result.err);
  for (const DumpBlock& block : dump.goroutines) {
    static const std::regex header(R"(goroutine [0-9]+( ".*")? \[[^\]]+\]:)");
    EXPECT_TRUE(std::regex_match(block.header, header)) << block.header;
  }
  return dump;
}

}  // namespace sluice::test
