// Lines of source files, read from disk when a report quotes them.
#pragma once

#include <string>
#include <string_view>

namespace sluice::checked {

// Without its newline; empty when there is no such file or line.
std::string source_line(const std::string& file, int line);

// The variable that a line such as `auto jobs = sluice::make_chan<int>(4);` makes; empty when the
// line does not say so.
std::string variable_made_at(std::string_view line);

}  // namespace sluice::checked
