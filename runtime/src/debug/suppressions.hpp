// Which reports the user does not want to see: lines `kind:glob` of a file, matched against the
// functions, files and objects that a report names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "debug/report.hpp"

namespace sluice::checked {

struct Suppression {
  std::string kind;  // "order", "wait", ..., or a code such as "SL101"
  std::string glob;  // `*` is any text, `?` any character
};

class Suppressions {
 public:
  // What the file asks for is added. Returns what is wrong with it in one line, with the number of
  // the line; empty when nothing is.
  std::string load(const std::string& path);

  // The one that matches `report`; null when there is none.
  const Suppression* match(const Report& report) const;

 private:
  std::string add(std::string_view line);
  std::vector<Suppression> all_;
};

// The kind that a code belongs to: "order" for SL101. Empty for one that can't be suppressed.
std::string_view kind_of_code(std::string_view code);

// A line that would suppress `report`; empty when there is none.
std::string suppression_for(const Report& report);

bool matches_glob(std::string_view glob, std::string_view text);

}  // namespace sluice::checked
