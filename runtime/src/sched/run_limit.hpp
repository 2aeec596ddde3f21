// How many goroutines may run at once, when the program doesn't say.
#pragma once

namespace sluice::detail {

// `wanted` if positive; else SLUICE_WORKERS; else the least of cores, CPU affinity and cgroup CPU
// quota. A SLUICE_WORKERS that is no number from 1 to 10000 ends the process with one line and exit
// status 2.
int worker_limit(int wanted);

}  // namespace sluice::detail
