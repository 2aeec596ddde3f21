// run(): a scheduler for as long as main lasts.
#pragma once

#include "sluice/go.hpp"

namespace sluice::detail {

// What sluice::run does, once the observer is in place. Throws as it says.
void run_main(const Options& options, void (*main)(void*), void* argument);

}  // namespace sluice::detail
