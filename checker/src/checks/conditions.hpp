// Conditions that a function asks more than once.
#pragma once

#include "paths/function_paths.hpp"

namespace sluice::checker {

// Whether an `if` that decides on where the lock is taken, and not on `later`, has a condition that
// another `if` of the function has as well: the lock may be released there. Null for `later` is
// what no `if` decides on.
bool is_asked_again(Unit& unit, const FunctionPaths& paths, const HeldLock& lock,
                    const clang::Stmt* later);

// Whether the caller knows by what it gave which of the two ways was gone.
bool differs_by_arguments(const PathExit& a, const PathExit& b);

}  // namespace sluice::checker
