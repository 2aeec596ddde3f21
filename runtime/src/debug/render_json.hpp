// A report as one line of JSON, for tools. docs/reports/report.schema.json describes it.
#pragma once

#include <string>

#include "debug/report.hpp"

namespace sluice::checked {

inline constexpr int kJsonSchema = 1;  // changes when what a reader may rely on does

// Without a newline. `text` is the report as it is printed.
std::string render_json(const Report& report, const std::string& text);

}  // namespace sluice::checked
