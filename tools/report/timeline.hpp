// A trace as a picture of goroutines over time.
#pragma once

#include <string>

#include "trace.hpp"

namespace sluice::pictures {

// An <article>; `name` is the file's. What it shows is also told by a table, for who has no script.
std::string render_timeline(const ReadTrace& trace, const std::string& name);

}  // namespace sluice::pictures
