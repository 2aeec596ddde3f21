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
  for (int i = 0; i < rounds; ++i) {
    const double start = seconds();
    body();
    best = std::min(best, seconds() - start);
  }
  return best / operations * 1e9;
}
template <class Body>
double per_operation(double operations, Body body) {
  return best_of(1, 5, operations, body);
}

// Resident memory of the process and its page tables, in bytes.
inline double memory() {
  double sum = 0;
  std::FILE* status = std::fopen("/proc/self/status", "r");
  char line[256];
  while (std::fgets(line, sizeof line, status) != nullptr) {
    long kib = 0;
    if (std::sscanf(line, "VmRSS: %ld", &kib) == 1 || std::sscanf(line, "VmPTE: %ld", &kib) == 1) {
      sum += static_cast<double>(kib) * 1024;
    }
  }
  std::fclose(status);
  return sum;
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
