#include "support/dump.hpp"

#include <cstdlib>
#include <sstream>

namespace sluice::test {

namespace {

DumpBlock parse_header(const std::string& line) {
  DumpBlock block;
  block.header = line;
  block.id = std::strtoul(line.c_str() + std::string_view("goroutine ").size(), nullptr, 10);
  const std::size_t open = line.find('[');
  const std::size_t close = line.find_first_of(",]", open);
  if (open != std::string::npos && close != std::string::npos)
    block.state = line.substr(open + 1, close - open - 1);
  return block;
}

}  // namespace

bool DumpBlock::mentions(std::string_view text) const {
  for (const std::string& line : lines) {
    if (line.find(text) != std::string::npos) return true;
  }
  return false;
}

const DumpBlock* Dump::in_state(std::string_view state) const {
  for (const DumpBlock& block : goroutines) {
    if (block.state == state) return &block;
  }
  return nullptr;
}

const DumpBlock* Dump::with_id(unsigned long id) const {
  for (const DumpBlock& block : goroutines) {
    if (block.id == id) return &block;
  }
  return nullptr;
}

Dump parse_dump(const std::string& text) {
  Dump dump;
  std::istringstream lines(text);
  bool in_message = true;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) {
      in_message = false;
    } else if (line.rfind("goroutine ", 0) == 0) {
      in_message = false;
      dump.goroutines.push_back(parse_header(line));
    } else if (in_message) {
      dump.message += line + "\n";
    } else if (!dump.goroutines.empty()) {
      dump.goroutines.back().lines.push_back(line);
    }
  }
  return dump;
}

}  // namespace sluice::test
