#include "debug/source_lines.hpp"

#include <fstream>
#include <regex>

namespace sluice::checked {

std::string source_line(const std::string& file, int line) {
  std::ifstream in(file);
  std::string text;
  for (int i = 0; i < line; ++i) {
    if (!std::getline(in, text)) return {};
  }
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

std::string variable_made_at(const std::string& line) {
  // A name, then how it is initialised, then the call that makes the object.
  static const std::regex pattern(
      R"(([A-Za-z_]\w*)\s*(=|\(|\{)\s*(new\b|([A-Za-z_]\w*::)*make_(chan|unique|shared)\b))");
  std::smatch match;
  return std::regex_search(line, match, pattern) ? match[1].str() : std::string();
}

}  // namespace sluice::checked
