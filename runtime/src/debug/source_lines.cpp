#include "debug/source_lines.hpp"

#include <cctype>
#include <fstream>

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

namespace {

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Where what stands before `end` and consists of characters that `wanted` accepts begins.
template <class Wanted>
std::size_t skip_back(std::string_view text, std::size_t end, Wanted wanted) {
  while (end > 0 && wanted(text[end - 1])) --end;
  return end;
}

}  // namespace

std::string variable_made_at(std::string_view line) {
  for (const std::string_view maker : {"make_chan", "make_unique", "make_shared", "new "}) {
    std::size_t at = line.find(maker);
    if (at == std::string_view::npos) continue;
    // Back over `sluice::`, then over what initialises, to the name: `jobs = `, `jobs(`, `jobs{`.
    const auto space = [](char c) { return c == ' ' || c == '\t'; };
    at = skip_back(line, at, [](char c) { return is_name_char(c) || c == ':'; });
    at = skip_back(line, at, space);
    if (at == 0 || std::string_view("=({").find(line[at - 1]) == std::string_view::npos) continue;
    const std::size_t end = skip_back(line, at - 1, space);
    const std::size_t begin = skip_back(line, end, is_name_char);
    if (begin < end && !std::isdigit(static_cast<unsigned char>(line[begin]))) {
      return std::string(line.substr(begin, end - begin));
    }
  }
  return {};
}

}  // namespace sluice::checked
