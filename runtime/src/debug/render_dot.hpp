// The graph of a report for Graphviz: `dot -Tsvg`.
#pragma once

#include <string>

#include "debug/report.hpp"

namespace sluice::checked {

// One digraph; empty when the report has nothing to draw. A file may hold several.
std::string render_dot(const Report& report);

}  // namespace sluice::checked
