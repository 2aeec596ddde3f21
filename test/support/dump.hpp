// Reading what a dying process printed: Go's line, an empty line, then one block a goroutine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

struct DumpBlock {
  std::string header;  // "goroutine 7 [chan receive]:"
  unsigned long id = 0;
  std::string state;               // "chan receive", without what follows a comma
  std::vector<std::string> lines;  // all lines after the header
  bool mentions(std::string_view text) const;
};

struct Dump {
  std::string message;  // everything before the first empty line
  std::vector<DumpBlock> goroutines;
  // The first block with this state, or null.
  const DumpBlock* in_state(std::string_view state) const;
  const DumpBlock* with_id(unsigned long id) const;
};

Dump parse_dump(const std::string& text);

}  // namespace sluice::test
