// All checks, by name. A new check adds its line here.
#include "sluice-checker/registry.hpp"

#include "checks/missing_unlock.hpp"

namespace sluice::checker {
namespace {

bool glob_matches(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (glob_matches(glob.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  return !text.empty() && glob.front() == text.front() &&
         glob_matches(glob.substr(1), text.substr(1));
}

}  // namespace

llvm::ArrayRef<CheckEntry> all_checks() {
  static constexpr OptionEntry kMissingUnlock[] = {
      {"StrictExceptions", "treat every call that is not noexcept as a way out of the function"},
  };
  static constexpr CheckEntry kChecks[] = {
      {"sluice-missing-unlock", "a path that leaves a function with a lock held", kMissingUnlock,
       make_missing_unlock},
  };
  return kChecks;
}

const CheckEntry* find_check(std::string_view name) {
  for (const CheckEntry& entry : all_checks()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

bool selected(std::string_view globs, std::string_view name) {
  if (globs.empty()) return true;
  bool on = false;
  while (!globs.empty()) {
    const std::size_t comma = globs.find(',');
    std::string_view glob = globs.substr(0, comma);
    globs = comma == std::string_view::npos ? std::string_view() : globs.substr(comma + 1);
    while (!glob.empty() && glob.front() == ' ') glob.remove_prefix(1);
    while (!glob.empty() && glob.back() == ' ') glob.remove_suffix(1);
    const bool adds = glob.empty() || glob.front() != '-';
    if (!adds) glob.remove_prefix(1);
    if (!glob.empty() && glob_matches(glob, name)) on = adds;
  }
  return on;
}

}  // namespace sluice::checker
