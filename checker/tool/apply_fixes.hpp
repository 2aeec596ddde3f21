// Changes sources as findings propose.
#pragma once

#include <string>
#include <vector>

#include "result.hpp"

namespace sluice::checker {

// Applies the fixes of every finding, those of one finding all or none: a finding whose fixes
// overlap another's is left. Returns how many findings were fixed, or -1 with a line in `error`
// when a file could not be changed.
int apply_fixes(const std::vector<PlainFinding>& findings, std::string& error);

}  // namespace sluice::checker
