// Checked mode, put together with the runtime that it observes.
#pragma once

#include "debug/hub.hpp"
#include "sluice/go.hpp"

namespace sluice::detail {

// What the options or SLUICE_DEBUG ask for begins to listen, if they ask for anything.
void observe(const Options& options);
// The run has ended.
void observe_no_more();

// Null: nobody has ever listened.
checked::Hub* hub() noexcept;

}  // namespace sluice::detail
