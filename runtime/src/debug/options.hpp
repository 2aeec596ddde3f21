// What SLUICE_DEBUG and Options::debug ask for. Knows the words, not what is done about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::checked {

// Each level does all that the one before it does.
enum class Level : std::uint8_t {
  off,
  wait,   // owners, wait-for graph, all-asleep, WaitGroup ledger
  check,  // lock order and leaks too
  full,   // a whole stack at every acquire
};

// What happens to the process once a report that is an error has been printed. A note never ends
// anything, and a fatal report always ends the process, with status 2 unless `exit` says another.
enum class OnReport : std::uint8_t { carry_on, abort, exit };

struct Options {
  Level level = Level::off;
  bool verbose = false;     // notes on what is legal, and mostly meant
  bool all_orders = false;  // inversions that can't happen, too, as notes
  bool classes = false;     // lock orders between kinds of locks: SL109
  OnReport on_report = OnReport::carry_on;
  int exit_status = 2;
  std::optional<std::uint64_t>
      seed;                // of the shuffled schedule; chosen at random and printed when absent
  std::string report_dir;  // empty: reports go to stderr only
  std::vector<std::string> suppress_files;  // each has been read once without complaint
};

struct ParsedOptions {
  Options options;
  std::string error;  // one line for the user without a newline; empty when all words are known
};

// Parses a comma-separated list such as "check,seed=7,report=out,on_report=exit:66". `1` is check,
// `0` and the empty text are off, and any other word without a level switches check on. `origin`
// names where the text came from, in the error.
ParsedOptions parse_options(std::string_view text, std::string_view origin = "SLUICE_DEBUG");

}  // namespace sluice::checked
