// The fix-it that inserts a missing release before a path leaves.
#pragma once

#include <vector>

#include "paths/function_paths.hpp"

namespace sluice::checker {

// Empty unless the inserted release is sure to be right: the lock has the same name there, nothing
// that is returned needs it, and every path that leaves at `exit` holds it.
std::vector<clang::FixItHint> release_before(Unit& unit, const FunctionPaths& paths,
                                             const HeldLock& lock, const PathExit& exit);

// Whether what is returned could be read after the release as well as before.
bool needs_no_lock(const clang::Expr* result, const clang::ASTContext& context);

}  // namespace sluice::checker
