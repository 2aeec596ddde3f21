// Whether code may wait for something, as far as names tell. Knows no paths.
#pragma once

#include "unit.hpp"

namespace sluice::checker {

// Whether anything in `body` behind `start` could wait: a loop, a call that says so, or one that is
// given a function to call.
bool may_wait_behind(Unit& unit, const clang::Stmt* body, clang::SourceLocation start);

}  // namespace sluice::checker
