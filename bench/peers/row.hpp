// What the programs of the comparison share: rows by name, each a function that gives one figure.
//
//   program WORKERS ROW          prints the figure; exit status 3: it has no such row
//   program WORKERS ROW TIMES    does the row's work so many times, and prints of how many
//                                operations each time was: what else a row costs the difference
//                                between two such runs tells
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <type_traits>

namespace peers {

using Rows = std::map<std::string, std::function<double()>>;

inline double seconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

// Of the whole process, in seconds.
inline double processor_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

// TIMES; 0: the figure is asked for.
inline int counted_times = 0;

// The seconds that a body takes, or of which it says itself that they count.
template <class Body>
double time_of(Body& body) {
  if constexpr (std::is_same_v<decltype(body()), double>) {
    return body();
  } else {
    const double start = seconds();
    body();
    return seconds() - start;
  }
}

// Nanoseconds an operation: `body` does `operations` of them. The best of `rounds`, after
// `warm_ups`.
template <class Body>
double best_of(int warm_ups, int rounds, double operations, Body body) {
  if (counted_times > 0) {
    for (int i = 0; i < counted_times; ++i) body();
    return operations;
  }
  for (int i = 0; i < warm_ups; ++i) body();
  double best = 1e300;
  for (int i = 0; i < rounds; ++i) best = std::min(best, time_of(body));
  return best / operations * 1e9;
}
template <class Body>
double per_operation(double operations, Body body) {
  return best_of(1, 5, operations, body);
}

// The figure that a file of the kernel's gives in KiB, in bytes.
inline double kib_of(const char* file, const char* format) {
  std::FILE* lines = std::fopen(file, "r");
  char line[256];
  long kib = 0;
  while (std::fgets(line, sizeof line, lines) != nullptr) {
    if (std::sscanf(line, format, &kib) == 1) break;
  }
  std::fclose(lines);
  return static_cast<double>(kib) * 1024;
}
// Resident memory of the process and its page tables, in bytes. VmRSS may be 256 KiB off.
inline double memory() {
  return kib_of("/proc/self/smaps_rollup", "Rss: %ld") + kib_of("/proc/self/status", "VmPTE: %ld");
}

// `run(workers, body)` runs the body where rows can be measured.
template <class Run>
int main_of(int argc, char** argv, Rows (*rows)(), Run run) {
  if (argc == 4) counted_times = std::atoi(argv[3]);
  if (argc < 3 || argc > 4 || std::atoi(argv[1]) < 1 || (argc == 4 && counted_times < 1)) {
    std::fprintf(stderr, "usage: %s WORKERS ROW [TIMES]\n", argv[0]);
    return 2;
  }
  const Rows all = rows();
  const auto found = all.find(argv[2]);
  if (found == all.end()) return 3;
  run(std::atoi(argv[1]), [&] {
    std::printf("%.3f\n", found->second());
    std::fflush(stdout);
  });
  return 0;
}

}  // namespace peers
