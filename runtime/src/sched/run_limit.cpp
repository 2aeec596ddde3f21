#include "sched/run_limit.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "base/processors.hpp"
#include "sched/scheduler.hpp"

namespace sluice::detail {
namespace {

int from_environment() {
  const char* text = std::getenv("SLUICE_WORKERS");
  if (text == nullptr || *text == '\0') return 0;
  int value = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  if (error != std::errc{} || *end != '\0' || value < 1 ||
      value > static_cast<int>(Scheduler::kMaxWorkers)) {
    std::fprintf(stderr, "sluice: SLUICE_WORKERS: '%s' is not a number of workers from 1 to %u\n",
                 text, Scheduler::kMaxWorkers);
    std::_Exit(2);
  }
  return value;
}

// Rounded up: half a core still is one worker. 0: no quota.
int workers_of(double quota, double period) {
  return quota > 0 && period > 0 ? static_cast<int>((quota + period - 1) / period) : 0;
}

// cgroup v2's cpu.max is "quota period" in microseconds, or "max period".
int quota_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  std::string quota;
  double period = 0;
  return file >> quota >> period ? workers_of(std::atof(quota.c_str()), period) : 0;
}

// v1 has a file for each; a quota of -1 is none.
int quota_v1(const std::string& folder) {
  double quota = 0;
  double period = 0;
  std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
  std::ifstream(folder + "/cpu.cfs_period_us") >> period;
  return workers_of(quota, period);
}

bool names_cpu(const std::string& controllers) {
  return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

}  // namespace

int quota_limit(const std::string& root, std::istream& groups) {
  int least = 0;
  for (std::string line; std::getline(groups, line);) {
    // hierarchy:controllers:path
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (!controllers.empty() && !names_cpu(controllers)) continue;
    std::string path = line.substr(second + 1);
    // Each group above has a say, too.
    for (;; path.resize(path.rfind('/'))) {
      if (path.ends_with('/')) path.pop_back();
      const int workers =
          controllers.empty() ? quota_v2(root + path) : quota_v1(root + "/cpu" + path);
      if (workers > 0 && (least == 0 || workers < least)) least = workers;
      if (path.find('/') == std::string::npos) break;
    }
  }
  return least;
}

int worker_limit(int wanted) {
  const int environment = from_environment();  // a wrong one is told even when not needed
  if (wanted > 0) return std::min(wanted, static_cast<int>(Scheduler::kMaxWorkers));
  if (environment > 0) return environment;
  std::ifstream groups("/proc/self/cgroup");
  const int quota = quota_limit("/sys/fs/cgroup", groups);
  const int processors = base::usable_processors();
  return std::max(1, quota > 0 ? std::min(processors, quota) : processors);
}

}  // namespace sluice::detail
