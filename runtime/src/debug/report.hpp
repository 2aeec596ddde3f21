// A finding as data: what renderers turn into text. Knows nothing of how it was found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::checked {

enum class Severity : std::uint8_t { note, error, fatal };

// A source line to show below a line of a report, with a mark under a column.
struct Excerpt {
  std::string file;
  int line = 0;        // 0: no excerpt
  int column = 0;      // 0: no mark
  std::string remark;  // behind the mark
  int indent = 0;      // of the line number
};

struct Line {
  int indent = 0;
  std::string text;
  Excerpt excerpt;
  bool prose = false;  // may be broken at its spaces; other lines stand in columns
};

// Lines that belong together; an empty line separates sections.
struct Section {
  std::vector<Line> lines;

  Line& add(int indent, std::string text) {
    lines.push_back({indent, std::move(text), {}, false});
    return lines.back();
  }
  Line& add_prose(int indent, std::string text) {
    Line& line = add(indent, std::move(text));
    line.prose = true;
    return line;
  }
};

struct Report {
  std::string code;  // "SL101"
  Severity severity = Severity::error;
  std::string title;  // "lock-order inversion between 'accounts' and 'audit' (potential deadlock)"
  std::string certainty;  // "certain", "feasible", "likely" or empty
  std::string why;        // what the certainty rests on, one line
  std::vector<Section> sections;
  std::uint64_t fingerprint = 0;  // equal for repetitions of one finding

  Section& section() { return sections.emplace_back(); }
};

inline std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

}  // namespace sluice::checked
