// What report=DIR asks for: each report in DIR/<process id> as text, as JSON lines, as a graph for
// Graphviz and as a page for a browser.
#pragma once

#include <string>
#include <vector>

#include "debug/report.hpp"

namespace sluice::checked {

class ReportFiles {
 public:
  // `folder` is empty when nothing is to be written.
  explicit ReportFiles(const std::string& folder) : folder_(folder) {}

  // "DIR/3141.html  3141.dot  3141.jsonl  3141.txt"; empty when nothing is written. Makes the
  // folder, or says once that it can't.
  std::string names();

  // A folder that can't be written to was complained of; then this does nothing.
  void add(const Report& report, const std::string& text);

 private:
  bool ready();
  std::string path(const char* suffix) const;

  const std::string folder_;
  bool tried_ = false;
  bool good_ = false;
  std::vector<std::string> pages_;  // sections of the page so far
};

}  // namespace sluice::checked
