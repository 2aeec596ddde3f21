// What is measured of sluice, by a process of its own.
#pragma once

namespace sluice_bench {

// Runs the rows that the flags of Google Benchmark choose, once for each number of workers that
// rows want.
int measure_sluice(int argc, char** argv);

}  // namespace sluice_bench
