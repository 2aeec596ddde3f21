// What the functions of a translation unit do with locks that other files use, too.
#pragma once

#include <vector>

#include "sluice-checker/finding.hpp"
#include "unit.hpp"

namespace sluice::checker {

// Those that release what their callers hold.
std::vector<Release> releases_of(Unit& unit);

// All whose name says that they release something.
std::vector<Keeper> keepers_of(Unit& unit);

std::vector<LockUse> lock_uses_of(Unit& unit);

}  // namespace sluice::checker
