#include "sched/run_limit.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

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

int from_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
}

// cgroup v2's cpu.max is "quota period" in microseconds, or "max period"; v1 has a file for each.
// Rounded up: half a core still is one worker.
int from_quota() {
  double quota = -1;
  double period = 100'000;
  std::string own = "/";
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.rfind("0::", 0) == 0) own = line.substr(3);
  }
  std::ifstream v2("/sys/fs/cgroup" + own + "/cpu.max");
  std::string word;
  if (v2 >> word >> period) {
    if (word != "max") quota = std::atof(word.c_str());
  } else {
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") >> quota;
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_period_us") >> period;
  }
  if (quota <= 0 || period <= 0) return static_cast<int>(Scheduler::kMaxWorkers);
  return static_cast<int>((quota + period - 1) / period);
}

}  // namespace

int worker_limit(int wanted) {
  const int environment = from_environment();  // a wrong one is told even when not needed
  if (wanted > 0) return std::min(wanted, static_cast<int>(Scheduler::kMaxWorkers));
  if (environment > 0) return environment;
  return std::max(1, std::min(from_affinity(), from_quota()));
}

}  // namespace sluice::detail
