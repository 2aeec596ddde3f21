#include "debug/render_text.hpp"

#include <algorithm>

#include "debug/source_lines.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kColumns = 100;

// Breaks at spaces; what follows a break stands two columns further in than what went before.
void append_wrapped(std::string& out, std::size_t indent, std::string_view text) {
  std::size_t lead = indent;
  while (true) {
    out.append(lead, ' ');
    if (lead + text.size() <= kColumns) break;
    std::size_t cut = text.rfind(' ', kColumns - lead);
    if (cut == std::string_view::npos || cut == 0) cut = text.find(' ', kColumns - lead);
    if (cut == std::string_view::npos) break;
    out.append(text.substr(0, text.find_last_not_of(' ', cut) + 1)).append("\n");
    text.remove_prefix(std::min(text.find_first_not_of(' ', cut), text.size()));
    lead = indent + 2;
    if (text.empty()) return;
  }
  out.append(text).append("\n");
}

void append_excerpt(std::string& out, const Excerpt& excerpt) {
  if (excerpt.line == 0 || excerpt.file.empty()) return;
  QuotedLine quoted = quoted_line(excerpt.file, excerpt.line, excerpt.column);
  std::string& source = quoted.text;
  if (source.empty()) return;
  const std::string number = std::to_string(excerpt.line);
  const auto indent = static_cast<std::size_t>(std::max(excerpt.indent, 0));
  const std::size_t gutter = indent + number.size() + 3;
  if (gutter + source.size() > kColumns) source.resize(kColumns - gutter);
  out.append(indent, ' ').append(number).append(" | ").append(source).append("\n");
  if (excerpt.remark.empty()) return;
  out.append(indent + number.size(), ' ').append(" | ");
  out.append(static_cast<std::size_t>(quoted.column - 1), ' ').append("^ ").append(excerpt.remark);
  out.append("\n");
}

// How to make it again, how to be rid of it, where else it is.
void append_footer(std::string& out, const Report& report) {
  if (report.repro.empty() && report.fingerprint.empty()) return;
  const bool deep = !report.sections.empty() && !report.sections.back().lines.empty() &&
                    report.sections.back().lines.back().indent > 2;
  if (deep || report.sections.empty()) out += "\n";
  if (!report.repro.empty()) out += "  repro: " + report.repro + "\n";
  if (!report.suppress.empty()) {
    out += "  suppress: " + report.suppress;
    if (!report.exempt.empty()) out += "  |  " + report.exempt;
    out += "\n";
  }
  if (!report.fingerprint.empty()) {
    out += "  fingerprint: " + report.code + ":" + report.fingerprint + "\n";
  }
  if (!report.files.empty()) out += "  files: " + report.files + "\n";
}

}  // namespace

std::string_view to_text(Severity severity) noexcept {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::error:
      return "error";
    default:
      return "fatal";
  }
}

std::string render_text(const Report& report, bool colour) {
  std::string out;
  if (colour) out += report.severity == Severity::note ? "\x1b[1m" : "\x1b[1;31m";
  out.append("sluice: ").append(to_text(report.severity)).append("[").append(report.code);
  out.append("]:");
  if (colour) out += "\x1b[0m";
  out.append(" ").append(report.title).append("\n");
  if (!report.certainty.empty()) {
    out.append("  certainty: ").append(report.certainty).append(" - ").append(report.why);
    out += "\n";
  }
  bool first = true;
  for (const Section& section : report.sections) {
    if (section.lines.empty()) continue;
    if (!first || !report.certainty.empty()) out += "\n";
    first = false;
    for (const Line& line : section.lines) {
      const auto indent = static_cast<std::size_t>(line.indent);
      if (line.prose) {
        append_wrapped(out, indent, line.text);
      } else {
        out.append(indent, ' ').append(line.text).append("\n");
      }
      append_excerpt(out, line.excerpt);
    }
  }
  append_footer(out, report);
  return out;
}

}  // namespace sluice::checked
