// What checked mode may cost, and whether it keeps to that: the goals of its design, each judged
// over all rounds of a contest.
#pragma once

#include <string>
#include <vector>

#include "contest.hpp"

namespace sluice_bench {

// Names of the contenders that goals speak of.
inline constexpr const char* kWithoutHooks = "no hooks";
inline constexpr const char* kOff = "off";
inline constexpr const char* kWait = "wait";
inline constexpr const char* kCheck = "check";
inline constexpr const char* kFull = "full";

struct Verdict {
  std::string what;
  double measured = 0;
  double limit = 0;
  std::string unit;  // "x" or " ns"
  bool kept() const { return measured <= limit; }
};

std::vector<Verdict> judge(const Contest& contest);

}  // namespace sluice_bench
