// What the command line asks for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::stress {

struct Settings {
  std::vector<std::string> command;  // the program and its arguments
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 100;
  unsigned jobs = 1;
  double timeout_s = 60;
  std::string level = "check";
  unsigned workers = 0;  // 0: as the environment or the program says
  bool keep_going = false;
};

// The status that a program is asked to end with after a report, as no other exit means.
inline constexpr int kReportStatus = 66;

}  // namespace sluice::stress
