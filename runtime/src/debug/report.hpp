// A finding as data: what renderers turn into text. Knows nothing of how it was found.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "debug/cast.hpp"
#include "debug/graph.hpp"

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
  bool prose = false;              // may be broken at its spaces; other lines stand in columns
  Place place;                     // which the text names, if it names one
  bool innermost = false;          // the place is where something was done, not a caller of that
  std::vector<std::string> cells;  // the same as the text, when it is a row of a table
};

// What two goroutines did, in the order in which it would hang, told beside each other.
struct Schedule {
  struct Step {
    std::size_t column = 0;  // whose it is
    std::string what;        // "lock   accounts"
    std::string place;
    bool waits = false;
  };
  std::vector<std::string> columns;
  std::vector<Step> steps;
  std::string end;  // "each waits for the other"
};

// Lines that belong together; an empty line separates sections.
struct Section {
  std::vector<Line> lines;
  Schedule schedule;  // of which the lines are the text, if it is one

  Line& add(int indent, std::string text) {
    lines.push_back({indent, std::move(text), {}, false, {}, false, {}});
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
  // Told anew each time, even if it reads the same: each is another finding.
  bool every_time = false;
  // How many sections, from the first, are what makes this finding the one that it is; what
  // follows, such as where everybody stands, may be otherwise in the next run. 0: all of them.
  std::size_t essential_sections = 0;
  std::string exempt;  // a statement that keeps it from being reported; empty: there is none

  // The reporter's, from here on.
  Cast cast;
  std::string fingerprint;  // hexadecimal; the same in every run
  std::string repro;        // the command that makes it again
  std::string suppress;     // a line for a file of suppressions
  std::string files;        // which have the report too

  Section& section() { return sections.emplace_back(); }
};

inline std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

// What Reporter::is_new() tells findings apart by: the code, 110 of SL110, and up to two places.
inline std::uint64_t number_of(std::uint64_t code, const void* a, const void* b = nullptr) {
  return mix(mix(code, reinterpret_cast<std::uintptr_t>(a)), reinterpret_cast<std::uintptr_t>(b));
}

}  // namespace sluice::checked
