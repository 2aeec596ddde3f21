// Which findings are not shown: those in system headers and those under a NOLINT comment.
#pragma once

#include "clang/Basic/SourceManager.h"
#include "sluice-checker/finding.hpp"

namespace sluice::checker {

// clang-tidy's rules: `NOLINT` on the line, `NOLINTNEXTLINE` on the line before, or between
// `NOLINTBEGIN` and `NOLINTEND`; with globs of check names in parentheses, or without for all
// checks.
bool is_suppressed(const clang::SourceManager& sources, const Finding& finding);

}  // namespace sluice::checker
