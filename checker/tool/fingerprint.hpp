// What a finding is known by although lines move: in baselines, and on pages that compare runs.
#pragma once

#include <string>
#include <vector>

#include "result.hpp"

namespace sluice::checker {

// The message without the numbers of lines in it.
std::string stable_message(const std::string& message);

// One for each finding, in their order: of the file, the check, the message and the text of the
// line; the second one like it has another than the first.
std::vector<std::string> fingerprints(const std::vector<PlainFinding>& findings);

}  // namespace sluice::checker
