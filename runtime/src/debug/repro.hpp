// The command line by which this process was started, as one to be typed again with the seed of its
// schedule.
#pragma once

#include <string>
#include <string_view>

#include "debug/options.hpp"

namespace sluice::checked {

// "SLUICE_DEBUG=check,seed=7 SLUICE_WORKERS=1 ./app -x"; empty when the schedule has no seed.
// `workers` 0: unknown.
std::string repro(const Options& options, int workers);

// A word as a shell reads it back.
std::string shell_quoted(std::string_view word);

}  // namespace sluice::checked
