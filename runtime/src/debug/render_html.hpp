// Reports as a page for a browser: one file that needs no other, and no network.
#pragma once

#include <string>
#include <vector>

#include "debug/report.hpp"

namespace sluice::checked {

// One report; `number` counts them within the page, from 1.
std::string render_html_section(const Report& report, const std::string& text, std::size_t number);

struct HtmlPage {
  std::string title, about;  // about: a line below the title
  std::string style;         // beside that of reports
  std::vector<std::string> sections, scripts;
};
std::string render_html_page(const HtmlPage& page);

// `text` between tags or in an attribute.
std::string html_text(std::string_view text);

}  // namespace sluice::checked
