// The graph of a report as SVG within a page, which gives it its colours.
#pragma once

#include <string>

#include "debug/graph.hpp"

namespace sluice::checked {

// An <svg> element; empty for a graph without nodes. `left_out` becomes the number of goroutines
// and objects that it does not show.
std::string render_svg(Graph graph, const std::string& title, std::size_t& left_out);

}  // namespace sluice::checked
