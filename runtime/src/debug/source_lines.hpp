// Lines of source files, read from disk when a report quotes them.
#pragma once

#include <string>

namespace sluice::checked {

// Without its newline; empty when there is no such file or line.
std::string source_line(const std::string& file, int line);

}  // namespace sluice::checked
