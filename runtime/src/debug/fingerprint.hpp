// What stays the same of a finding from run to run: from functions, files and names, never from
// addresses, numbers of goroutines or lines.
#pragma once

#include <string>

#include "debug/report.hpp"

namespace sluice::checked {

// Eight hexadecimal digits.
std::string fingerprint_of(const Report& report);

}  // namespace sluice::checked
