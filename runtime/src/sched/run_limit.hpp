// How many goroutines may run at once, when the program doesn't say.
#pragma once

#include <istream>
#include <string>

namespace sluice::detail {

// `wanted` if positive; else SLUICE_WORKERS; else the least of cores, CPU affinity and cgroup CPU
// quota. A SLUICE_WORKERS that is no number from 1 to 10000 ends the process with one line and exit
// status 2.
int worker_limit(int wanted);

// The CPU quota of the cgroups in `groups` (as /proc/self/cgroup lists them) below `root`, in
// workers, rounded up; the least of all that are above each other. 0: none.
int quota_limit(const std::string& root, std::istream& groups);

}  // namespace sluice::detail
