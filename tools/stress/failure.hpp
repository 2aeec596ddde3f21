// A run that went wrong: how, what it printed, and how to see it again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "process.hpp"
#include "settings.hpp"

namespace sluice::stress {

struct Failure {
  std::uint64_t seed = 0;
  std::string what;    // one line: the report's first, or how the process ended
  std::string output;  // the report, or the end of what was printed
};

// What to run a seed with.
Environment environment_of(const Settings& settings, std::uint64_t seed);
// The same as a line for a shell.
std::string command_line(const Settings& settings, std::uint64_t seed);
// What the reader must know of that line; empty when it replays exactly.
std::string caveat(const Settings& settings);

// `status` is waitpid's; `timed_out`: it did not end by itself.
Failure failure_of(const Settings& settings, std::uint64_t seed, int status, bool timed_out,
                   const std::string& output);

// Failures that differ in nothing but numbers.
struct Kind {
  Failure first;
  std::vector<std::uint64_t> seeds;
};
std::vector<Kind> kinds_of(const std::vector<Failure>& failures);

// "1 run", "2 runs"
std::string counted(std::uint64_t count, const std::string& what);

}  // namespace sluice::stress
