// Applies insertions and replacements to files, from the end of each file to its beginning.
#include "apply_fixes.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace sluice::checker {
namespace {

bool overlaps(const PlainFix& a, const PlainFix& b) {
  // Two insertions at one place are kept in order.
  if (a.length == 0 && b.length == 0) return false;
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

}  // namespace

int apply_fixes(const std::vector<PlainFinding>& findings, std::string& error) {
  std::map<std::string, std::vector<PlainFix>> by_file;
  int fixed = 0;
  for (const PlainFinding& finding : findings) {
    const bool fits =
        std::all_of(finding.fixes.begin(), finding.fixes.end(), [&](const PlainFix& fix) {
          const std::vector<PlainFix>& taken = by_file[fix.file];
          return std::none_of(taken.begin(), taken.end(),
                              [&](const PlainFix& other) { return overlaps(fix, other); });
        });
    if (finding.fixes.empty() || !fits) continue;
    for (const PlainFix& fix : finding.fixes) by_file[fix.file].push_back(fix);
    ++fixed;
  }
  for (auto& [name, fixes] : by_file) {
    if (fixes.empty()) continue;
    std::ifstream in(name, std::ios::binary);
    std::stringstream read;
    read << in.rdbuf();
    std::string text = read.str();
    std::stable_sort(fixes.begin(), fixes.end(),
                     [](const PlainFix& a, const PlainFix& b) { return a.offset < b.offset; });
    for (auto fix = fixes.rbegin(); fix != fixes.rend(); ++fix) {
      if (fix->offset + fix->length > text.size()) {
        error = "'" + name + "' changed while it was analysed; run again";
        return -1;
      }
      text.replace(fix->offset, fix->length, fix->text);
    }
    std::ofstream out(name, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!in || !out) {
      error = "cannot write '" + name + "'";
      return -1;
    }
  }
  return fixed;
}

}  // namespace sluice::checker
