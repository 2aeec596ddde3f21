#include "debug/render_text.hpp"

#include <algorithm>
#include <cctype>

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

// Tabs count as two columns, so that the mark stands where it should.
std::string expand_tabs(std::string_view line, int& column) {
  std::string out;
  int mark = column;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\t') {
      out += line[i];
      continue;
    }
    out += "  ";
    if (static_cast<int>(i) + 1 < column) ++mark;
  }
  column = mark;
  return out;
}

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Compilers place a call at its closing bracket, or behind it. The name before the bracket tells
// the reader more. Both columns count from one.
int column_of_name(std::string_view source, int column) {
  std::size_t at = std::min(static_cast<std::size_t>(std::max(column, 1)), source.size());
  while (at > 0 && (source[at - 1] == ';' || source[at - 1] == ' ')) --at;
  if (at > 0 && source[at - 1] == ')') {
    int depth = 0;
    for (; at > 0; --at) {
      if (source[at - 1] == ')') ++depth;
      if (source[at - 1] == '(' && --depth == 0) break;
    }
  }
  if (at > 0 && source[at - 1] == '(') --at;
  std::size_t begin = at;
  while (begin > 0 && is_name_char(source[begin - 1])) --begin;
  return begin < at ? static_cast<int>(begin) + 1 : column;
}

void append_excerpt(std::string& out, const Excerpt& excerpt) {
  if (excerpt.line == 0 || excerpt.file.empty()) return;
  int column = excerpt.column;
  std::string source = expand_tabs(source_line(excerpt.file, excerpt.line), column);
  if (source.empty()) return;
  const std::string number = std::to_string(excerpt.line);
  const auto indent = static_cast<std::size_t>(std::max(excerpt.indent, 0));
  const std::size_t gutter = indent + number.size() + 3;
  if (gutter + source.size() > kColumns) source.resize(kColumns - gutter);
  out.append(indent, ' ').append(number).append(" | ").append(source).append("\n");
  if (excerpt.remark.empty()) return;
  out.append(indent + number.size(), ' ').append(" | ");
  if (column <= 0 || column > static_cast<int>(source.size())) {
    column = static_cast<int>(source.find_first_not_of(' ')) + 1;
  } else {
    column = column_of_name(source, column);
  }
  out.append(static_cast<std::size_t>(column - 1), ' ').append("^ ").append(excerpt.remark);
  out.append("\n");
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
  return out;
}

}  // namespace sluice::checked
