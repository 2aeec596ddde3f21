#include "debug/repro.hpp"

#include <fstream>
#include <iterator>

namespace sluice::checked {
namespace {

constexpr std::size_t kLongest = 2000;  // of the arguments; what a shell's user would still paste

std::string command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string words{std::istreambuf_iterator<char>(file), {}};
  std::string line;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find('\0', at), words.size());
    line += " " + shell_quoted(std::string_view(words).substr(at, end - at));
    at = end + 1;
    if (line.size() > kLongest) return line + " ...";
  }
  return line;
}

}  // namespace

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%^";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string repro(const Options& options, int workers) {
  if (!options.seed) return {};
  std::string line = "SLUICE_DEBUG=";
  line += options.level == Level::full ? "full" : "check";
  line += ",seed=" + std::to_string(*options.seed);
  if (workers > 0) line += " SLUICE_WORKERS=" + std::to_string(workers);
  line += command_line();
  if (workers > 1) line += "   (likely; a seed replays exactly with one worker)";
  return line;
}

}  // namespace sluice::checked
