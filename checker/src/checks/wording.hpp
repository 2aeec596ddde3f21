// How reports name locks, functions and the steps of a path.
#pragma once

#include <string>
#include <vector>

#include "paths/function_paths.hpp"
#include "sluice-checker/finding.hpp"

namespace sluice::checker {

// The expression that names the lock where this function took it; null when it was taken otherwise.
const clang::Expr* lock_argument(const HeldLock& lock);

// The lock as the program spells it where it was taken, such as `conn->mu`.
std::string lock_name(Unit& unit, const HeldLock& lock);

// `'f'`, or `this lambda`.
std::string function_name(const clang::FunctionDecl* function);

// From the taking of the lock to the end of `trace`: where it was locked, which branches were
// taken.
std::vector<Note> path_notes(Unit& unit, const HeldLock& lock, const Trace* trace);

}  // namespace sluice::checker
