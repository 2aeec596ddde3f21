// Reads NOLINT comments around a finding. Only lines with findings are looked at.
#include "suppress.hpp"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "sluice-checker/registry.hpp"

namespace sluice::checker {
namespace {

// Whether `line` has the comment `word` for `check`. `NOLINT` is not found in `NOLINTNEXTLINE`.
bool has_comment(llvm::StringRef line, llvm::StringRef word, const std::string& check) {
  for (std::size_t at = line.find(word); at != llvm::StringRef::npos;
       at = line.find(word, at + 1)) {
    llvm::StringRef rest = line.substr(at + word.size());
    if (!rest.empty() && (llvm::isAlnum(rest.front()) || rest.front() == '_')) continue;
    if (!rest.consume_front("(")) return true;
    const llvm::StringRef globs = rest.substr(0, rest.find(')'));
    if (!globs.empty() && selected(std::string_view(globs.data(), globs.size()), check))
      return true;
  }
  return false;
}

}  // namespace

bool is_suppressed(const clang::SourceManager& sources, const Finding& finding) {
  const clang::SourceLocation at = sources.getExpansionLoc(finding.location);
  if (at.isInvalid()) return false;
  if (sources.isInSystemHeader(at)) return true;
  const auto [file, offset] = sources.getDecomposedLoc(at);
  bool invalid = false;
  const llvm::StringRef text = sources.getBufferData(file, &invalid);
  if (invalid) return false;
  const auto line_from = [&](std::size_t inside) {
    const std::size_t newline =
        inside == 0 ? llvm::StringRef::npos : text.rfind('\n', inside);  // before `inside`
    const std::size_t begin = newline == llvm::StringRef::npos ? 0 : newline + 1;
    return std::pair(begin, text.slice(begin, text.find('\n', begin)));
  };
  const auto [begin, line] = line_from(offset);
  if (has_comment(line, "NOLINT", finding.check)) return true;
  if (begin > 0) {
    const std::size_t newline = text.rfind('\n', begin - 1);
    const std::size_t before = newline == llvm::StringRef::npos ? 0 : newline + 1;
    if (has_comment(text.slice(before, begin - 1), "NOLINTNEXTLINE", finding.check)) return true;
  }
  // Blocks: the last BEGIN or END before the finding decides.
  bool inside = false;
  llvm::StringRef above = text.substr(0, begin);
  if (!above.contains("NOLINTBEGIN")) return false;
  while (!above.empty()) {
    const auto [first, rest] = above.split('\n');
    if (has_comment(first, "NOLINTBEGIN", finding.check)) inside = true;
    if (has_comment(first, "NOLINTEND", finding.check)) inside = false;
    above = rest;
  }
  return inside;
}

}  // namespace sluice::checker
