// Several programs measured against each other in one go: each runs once a round, in turn, so that
// whatever else the machine does meets all of them. Knows the protocol of rows.hpp, no row.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice_bench {

struct Contender {
  std::string name;
  std::string command;  // for the shell; `{round}` becomes the number of the round, from 1
};

class Contest {
 public:
  // Runs all once. False, and a line on standard error, when one fails.
  bool round(const std::vector<Contender>& contenders);

  // The best of what `row` took in each round, in nanoseconds; empty: nobody measured it.
  const std::vector<double>& rounds(const std::string& contender, const std::string& row) const;
  // The median over the rounds.
  std::optional<double> typical(const std::string& contender, const std::string& row) const;

 private:
  int rounds_ = 0;
  std::map<std::string, std::map<std::string, std::vector<double>>> best_;
};

// The value in the middle; of an even number, the mean of the two there. Not of nothing.
double median(std::vector<double> values);

// How far apart the rounds lie, in parts of their median, but for the outer quarter at either end.
double spread(std::vector<double> values);

}  // namespace sluice_bench
