#include "contest.hpp"

#include <stdio.h>

#include <algorithm>
#include <cstdlib>

namespace sluice_bench {
namespace {

std::string in_round(std::string command, int round) {
  const std::string mark = "{round}";
  for (auto at = command.find(mark); at != std::string::npos; at = command.find(mark)) {
    command.replace(at, mark.size(), std::to_string(round));
  }
  return command;
}

}  // namespace

bool Contest::round(const std::vector<Contender>& contenders) {
  ++rounds_;
  for (const Contender& contender : contenders) {
    const std::string command = in_round(contender.command, rounds_);
    FILE* output = ::popen(command.c_str(), "r");
    if (output == nullptr) {
      std::perror("bench: popen");
      return false;
    }
    std::map<std::string, double> best;
    char line[512];
    while (std::fgets(line, sizeof line, output) != nullptr) {
      const std::string text = line;
      const auto tab = text.find('\t');
      if (tab == std::string::npos) continue;
      const double time = std::atof(text.c_str() + tab);
      const auto [at, fresh] = best.try_emplace(text.substr(0, tab), time);
      if (!fresh) at->second = std::min(at->second, time);
    }
    if (::pclose(output) != 0 || best.empty()) {
      std::fprintf(stderr, "bench: '%s' failed: %s\n", contender.name.c_str(), command.c_str());
      return false;
    }
    for (const auto& [row, time] : best) best_[contender.name][row].push_back(time);
  }
  return true;
}

const std::vector<double>& Contest::rounds(const std::string& contender,
                                           const std::string& row) const {
  static const std::vector<double> kNone;
  const auto rows = best_.find(contender);
  if (rows == best_.end()) return kNone;
  const auto times = rows->second.find(row);
  return times != rows->second.end() ? times->second : kNone;
}

std::optional<double> Contest::typical(const std::string& contender, const std::string& row) const {
  const std::vector<double>& times = rounds(contender, row);
  if (times.empty()) return std::nullopt;
  return median(times);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double spread(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t quarter = values.size() / 4;
  return (values[values.size() - 1 - quarter] - values[quarter]) / median(values);
}

}  // namespace sluice_bench
