// A report as one line of JSON, for tools. docs/reports/report.schema.json describes it.
#pragma once

#include <string>
#include <string_view>

#include "debug/report.hpp"

namespace sluice::checked {

inline constexpr int kJsonSchema = 1;  // changes when what a reader may rely on does

// Without a newline. `text` is the report as it is printed.
std::string render_json(const Report& report, const std::string& text);

// `text` as a JSON string with its quotation marks. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace sluice::checked
