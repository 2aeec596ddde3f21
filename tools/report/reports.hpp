// Reports as they stand in a .jsonl file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "debug/report.hpp"

namespace sluice::pictures {

// Throws std::runtime_error: what is wrong, with the line's number.
struct ReadReport {
  checked::Report report;
  std::string text;  // as it was printed
};
std::vector<ReadReport> read_reports(std::string_view lines);

// The same finding of many runs is one.
class Findings {
 public:
  void add(ReadReport report, const std::string& file);
  std::size_t size() const { return findings_.size(); }
  std::size_t seen() const { return seen_; }

  // An <article> each, the worst first, then those that were seen most.
  std::vector<std::string> render() const;

 private:
  struct Finding {
    ReadReport first;
    std::map<std::string, std::size_t> files;  // how often in each
    std::size_t seen = 0;
  };
  std::map<std::string, Finding> findings_;
  std::size_t seen_ = 0;
};

}  // namespace sluice::pictures
