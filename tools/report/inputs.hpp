// What a page is made of: files of reports, traces and profiles, told apart by what is in them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "flame.hpp"
#include "reports.hpp"
#include "trace.hpp"

namespace sluice::pictures {

struct Inputs {
  Findings findings;
  std::size_t files_of_reports = 0;
  std::vector<std::pair<std::string, ReadTrace>> traces;
  std::vector<std::pair<std::string, Profile>> profiles;

  // A file, or a folder for the .jsonl files in it. Throws std::runtime_error with what is wrong
  // and with which file.
  void add(const std::string& path);

 private:
  void add_file(const std::string& path);
};

}  // namespace sluice::pictures
