#include "debug/render_html.hpp"

#include <algorithm>

#include "debug/describe.hpp"
#include "debug/html_style.hpp"
#include "debug/render_svg.hpp"
#include "debug/render_text.hpp"
#include "debug/source_lines.hpp"
#include "debug/utf8.hpp"

namespace sluice::checked {
namespace {

constexpr int kAround = 2;  // source lines shown before and after the one that is meant

std::string element(const char* tag, const std::string& style, const std::string& inside) {
  std::string out = std::string("<") + tag;
  if (!style.empty()) out += " class=\"" + style + "\"";
  return out + ">" + inside + "</" + tag + ">";
}

// The line with those around it, and the remark below it.
std::string source(const Excerpt& excerpt) {
  if (excerpt.line == 0 || excerpt.file.empty()) return {};
  const QuotedLine meant = quoted_line(excerpt.file, excerpt.line, excerpt.column);
  if (meant.text.empty()) return {};
  std::string lines;
  for (int n = std::max(excerpt.line - kAround, 1); n <= excerpt.line + kAround; ++n) {
    const std::string text = quoted_line(excerpt.file, n, 0).text;
    if (text.empty() && n > excerpt.line && quoted_line(excerpt.file, n + 1, 0).text.empty()) break;
    const std::string numbered =
        "<span class=\"n\">" + std::to_string(n) + "</span>" + html_text(text);
    lines += element("div", n == excerpt.line ? "at" : "", numbered) + "\n";
    if (n != excerpt.line || excerpt.remark.empty()) continue;
    const std::string mark =
        std::string(static_cast<std::size_t>(meant.column - 1), ' ') + "^ " + excerpt.remark;
    lines += element("div", "remark", "<span class=\"n\"></span>" + html_text(mark)) + "\n";
  }
  return element("div", "source", lines) + "\n";
}

std::string indented(const char* style, int indent, const std::string& inside) {
  return std::string("<div class=\"") + style +
         "\" style=\"margin-left:" + std::to_string(std::max(indent - 2, 0) * 8) + "px\">" +
         inside + "</div>\n";
}

// "bank.cc:57   Bank::log_transfer   <- called at ..." with the place and the function set off.
std::string frame(const Line& line) {
  const std::string& text = line.text;
  const std::string& function = line.place.function;
  const std::size_t space = text.find("  ");
  std::string inside = element("b", "", html_text(text.substr(0, space)));
  if (space != std::string::npos) {
    std::string rest = text.substr(std::min(text.find_first_not_of(' ', space), text.size()));
    if (!function.empty() && rest.starts_with(function)) {
      inside += " &nbsp;" + html_text(function);
      rest = rest.substr(function.size());
      rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
    }
    inside += " &nbsp;" + element("i", "", html_text(rest));
  }
  return indented("frame", line.indent, inside);
}

std::string schedule(const Schedule& told) {
  std::string rows = "<tr><th></th>";
  for (const std::string& column : told.columns) rows += element("th", "", html_text(column));
  rows += "</tr>\n";
  for (std::size_t i = 0; i < told.steps.size(); ++i) {
    const Schedule::Step& step = told.steps[i];
    rows += "<tr>" + element("td", "", std::to_string(i + 1));
    for (std::size_t column = 0; column < told.columns.size(); ++column) {
      if (column != step.column) {
        rows += "<td></td>";
        continue;
      }
      const std::string what = html_text(step.what) + (step.waits ? " &mdash; <b>waits</b>" : "") +
                               element("small", "", html_text(step.place));
      rows += element("td", step.waits ? "waiting" : "", what);
    }
    rows += "</tr>\n";
  }
  rows += "<tr><td></td><td class=\"end\" colspan=\"" + std::to_string(told.columns.size()) +
          "\">" + html_text(told.end) + "</td></tr>";
  return element("h3", "", "A schedule that hangs") + element("table", "timeline", rows) + "\n";
}

std::string row(const Line& line, bool head) {
  std::string cells;
  for (std::size_t i = 0; i < line.cells.size(); ++i) {
    std::string cell = html_text(line.cells[i]);
    if (i == 0 && line.indent > 5) {
      cell = "<span style=\"padding-left:" + std::to_string((line.indent - 5) * 9) + "px\">" +
             cell + "</span>";
    }
    cells += element(head ? "th" : "td", "", cell);
  }
  return element("tr", "", cells) + "\n";
}

// A section whose first line stands furthest to the left has that as its heading.
std::string section_text(const Section& section) {
  if (!section.schedule.steps.empty()) return schedule(section.schedule);
  std::string out;
  bool in_table = false;
  for (std::size_t i = 0; i < section.lines.size(); ++i) {
    const Line& line = section.lines[i];
    if (in_table != !line.cells.empty()) out += in_table ? "</table>\n" : "<table>\n";
    const bool begins_table = !in_table && !line.cells.empty();
    in_table = !line.cells.empty();
    const bool deeper = i + 1 < section.lines.size() && section.lines[i + 1].indent > line.indent;
    if (in_table) {
      out += row(line, begins_table && line.indent <= 2);
    } else if (line.prose && line.text.starts_with("help: ")) {
      out += element("div", "help", html_text(line.text.substr(6))) + "\n";
    } else if (line.innermost || !line.place.function.empty()) {
      out += frame(line);
    } else if (line.indent <= 2 && deeper && !line.prose) {
      out += element("h3", "", html_text(line.text)) + "\n";
    } else if (line.text.starts_with("objects: ")) {
      out += element("p", "line objects", html_text(line.text)) + "\n";
    } else {
      out += indented("line", line.indent, html_text(line.text));
    }
    out += source(line.excerpt);
  }
  return out + (in_table ? "</table>\n" : "");
}

std::string figure(const Report& report) {
  std::size_t left_out = 0;
  const std::string drawn = render_svg(report.cast.graph, report.title, left_out);
  if (drawn.empty()) return {};
  const std::vector<GraphEdge>& edges = report.cast.graph.edges;
  const bool orders = std::any_of(edges.begin(), edges.end(), [](const GraphEdge& edge) {
    return edge.kind == GraphEdge::Kind::order;
  });
  std::string caption;
  if (orders) {
    caption = "An arrow leads from a lock to the one that is taken while it is held.";
  } else {
    caption =
        "<span style=\"border-radius:4px;background:var(--goroutine);border-color:"
        "var(--goroutine-line)\"></span>goroutine <span style=\"background:var(--object);"
        "border-color:var(--object-line)\"></span>what it waits for. Dashed arrows wait; the "
        "others "
        "say who could end the wait.";
  }
  if (left_out > 0) caption += " " + counted(left_out, "more") + " left out.";
  return "<figure>" + drawn + "<figcaption>" + caption + "</figcaption></figure>\n";
}

std::string footer(const Report& report) {
  std::string out;
  const auto item = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    out +=
        element("dt", "", name) + element("dd", "", element("code", "", html_text(value))) + "\n";
  };
  item("run again", report.repro);
  item("suppress", report.suppress);
  if (!report.exempt.empty()) item("or in code", report.exempt);
  item("fingerprint", report.code + ":" + report.fingerprint);
  return element("dl", "", out) + "\n";
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = utf8_size(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (size == 0 || (c < 0x20 && c != '\n' && c != '\t')) {
      out += "\ufffd";
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string render_html_section(const Report& report, const std::string& text, std::size_t number) {
  const std::string severity(to_text(report.severity));
  std::string out = "<article id=\"r" + std::to_string(number) + "\">\n<div class=\"badges\">";
  out += element("span", "badge " + severity, severity + " " + html_text(report.code));
  if (!report.certainty.empty()) out += element("span", "badge", html_text(report.certainty));
  out += "</div>\n" + element("h2", "", html_text(report.title)) + "\n";
  if (!report.why.empty()) out += element("p", "why", html_text(report.why)) + "\n";
  out += figure(report);
  for (const Section& section : report.sections) out += section_text(section);
  out += footer(report);
  out += "<details><summary>as text</summary><pre>" + html_text(text) + "</pre></details>\n";
  return out + "</article>\n";
}

std::string render_html_page(const HtmlPage& page) {
  const std::string title = html_text(page.title);
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n";
  out += "<title>sluice: " + title + "</title>\n<style>" + kHtmlStyle + page.style +
         "</style>\n</head>\n";
  out += "<body>\n<svg width=\"0\" height=\"0\" style=\"position:absolute;width:0\"><defs>";
  for (const std::string kind : {"", "-circle"}) {
    out += "<marker id=\"head" + kind +
           "\" viewBox=\"0 0 10 10\" refX=\"6\" refY=\"5\" markerWidth=\"9\" markerHeight=\"9\" "
           "markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head" +
           kind + "\" d=\"M0 0L10 5L0 10z\"/></marker>";
  }
  out += "</defs></svg>\n<header><h1>" + title + "</h1>" +
         (page.about.empty() ? "" : element("p", "", html_text(page.about))) +
         "</header>\n<main>\n";
  for (const std::string& section : page.sections) out += section;
  out += "</main>\n";
  for (const std::string& script : page.scripts) out += element("script", "", script) + "\n";
  return out + "</body>\n</html>\n";
}

}  // namespace sluice::checked
