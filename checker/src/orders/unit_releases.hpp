// Functions of a translation unit that release what their callers hold.
#pragma once

#include <vector>

#include "sluice-checker/finding.hpp"
#include "unit.hpp"

namespace sluice::checker {

std::vector<Release> releases_of(Unit& unit);

}  // namespace sluice::checker
