// A report as text. Prose keeps to 100 columns; what stands in columns or quotes a name may be
// wider.
#pragma once

#include <string>

#include "debug/report.hpp"

namespace sluice::checked {

// `colour` puts the head of the first line in bold red, as compilers do on a terminal.
std::string render_text(const Report& report, bool colour = false);

std::string_view to_text(Severity severity) noexcept;

}  // namespace sluice::checked
