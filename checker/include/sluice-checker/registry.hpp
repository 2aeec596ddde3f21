// The list of all checks. A new check adds its line to src/registry.cpp and nothing else changes.
#pragma once

#include <memory>
#include <string_view>

#include "llvm/ADT/ArrayRef.h"
#include "sluice-checker/check.hpp"

namespace sluice::checker {

struct OptionEntry {
  std::string_view name;  ///< Without the check's name in front.
  std::string_view help;
};

struct CheckEntry {
  std::string_view name;
  std::string_view help;
  llvm::ArrayRef<OptionEntry> options;  ///< On or off, all off by default.
  std::unique_ptr<Check> (*make)();
};

/// All checks, sorted by name.
llvm::ArrayRef<CheckEntry> all_checks();

/// Null when there is no check of that name.
const CheckEntry* find_check(std::string_view name);

/// Whether `name` is selected by a list of globs as clang-tidy's `-checks=`: `-` in front takes
/// away, the last match wins. An empty list selects everything.
bool selected(std::string_view globs, std::string_view name);

}  // namespace sluice::checker
