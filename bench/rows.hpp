// What a process that measures has in common with the others: rows of Google Benchmark, told to
// the parent as lines of `row<TAB>nanoseconds`. Knows nothing of what is measured.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>
#include <utility>

namespace sluice_bench {

// The processor time of all threads: a machine that is busy with something else makes a row wait,
// but hardly makes it work longer.
template <class Body>
benchmark::internal::Benchmark* row(const char* name, long iterations, Body body) {
  return benchmark::RegisterBenchmark(name, std::move(body))
      ->Iterations(iterations)
      ->MeasureProcessCPUTime();
}

// The body does `count` operations an iteration.
inline void operations(benchmark::State& state, double count) {
  state.counters["operations"] = count;
}

class LineReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
      const auto counted = run.counters.find("operations");
      const double each = counted != run.counters.end() ? counted->second.value : 1.0;
      std::printf("%s\t%.4f\n", run.run_name.function_name.c_str(),
                  run.GetAdjustedCPUTime() / each);
    }
    std::fflush(stdout);
  }
};

inline void measure_rows() {
  LineReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}

}  // namespace sluice_bench
