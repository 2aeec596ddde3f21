// Findings that are known and not to be told again: a file that a project keeps. Matched by file,
// check, message and how many there are, not by line.
#pragma once

#include <string>
#include <vector>

#include "result.hpp"

namespace sluice::checker {

// Takes away what the baseline knows. False, with a line in `error`, when it can't be read.
bool subtract_baseline(const std::string& file, std::vector<PlainFinding>& findings,
                       std::string& error);

// False, with a line in `error`, when it can't be written; what was there then is there still.
bool write_baseline(const std::string& file, const std::vector<PlainFinding>& findings,
                    std::string& error);

}  // namespace sluice::checker
