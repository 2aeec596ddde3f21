// Variables that stand before a loop and get another value in each of its rounds.
#pragma once

#include "unit.hpp"

namespace sluice::checker {

// Where the loop around `spawn` changes `variable` for the next round while that which was started
// may still run; null: it does not, or something in the loop may keep them apart.
const clang::Expr* changed_by_loop(Unit& unit, const clang::VarDecl& variable, const Site& spawn);

}  // namespace sluice::checker
