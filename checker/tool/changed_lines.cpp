#include "changed_lines.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <system_error>

namespace sluice::checker {
namespace {

// In single quotes, as the shell takes it literally.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// What the command prints; false when it fails.
bool output_of(const std::string& command, std::string& text) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return false;
  std::array<char, 65536> buffer;
  for (std::size_t count; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), count);
  }
  return pclose(pipe) == 0;
}

std::string absolute(const std::string& file) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::weakly_canonical(file, error);
  return error ? file : path.string();
}

}  // namespace

bool ChangedLines::read(const std::string& revision, std::string& error) {
  std::string root, diff;
  if (!output_of("git rev-parse --show-toplevel 2>/dev/null", root)) {
    error = "--diff: this folder is in no git repository";
    return false;
  }
  while (!root.empty() && root.back() == '\n') root.pop_back();
  const std::string command =
      "git -c core.quotePath=false diff --unified=0 --no-color --no-ext-diff "
      "--src-prefix=a/ --dst-prefix=b/ " +
      quoted(revision) + " -- 2>/dev/null";
  if (revision.empty() || revision.front() == '-' || !output_of(command, diff)) {
    error = "--diff: git knows no revision '" + revision + "'";
    return false;
  }
  parse(diff, root);
  return true;
}

void ChangedLines::parse(const std::string& diff, const std::string& root) {
  std::istringstream lines(diff);
  std::vector<std::pair<unsigned, unsigned>>* ranges = nullptr;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("+++ ")) {
      ranges =
          line.starts_with("+++ b/") ? &files_[absolute(root + "/" + line.substr(6))] : nullptr;
    } else if (line.starts_with("@@ ") && ranges != nullptr) {
      // @@ -12,3 +14,2 @@: from line 14 on, 2 lines; one if no number is given.
      unsigned first = 0, count = 1;
      const std::size_t plus = line.find('+');
      if (plus == std::string::npos ||
          std::sscanf(line.c_str() + plus, "+%u,%u", &first, &count) < 1)
        continue;
      if (count > 0) ranges->push_back({first, first + count - 1});
    }
  }
}

bool ChangedLines::contains(const std::string& file, unsigned line) const {
  const auto at = files_.find(absolute(file));
  if (at == files_.end()) return false;
  for (const auto& [first, last] : at->second) {
    if (line >= first && line <= last) return true;
  }
  return false;
}

}  // namespace sluice::checker
