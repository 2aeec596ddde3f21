// The trace of sluice/debug.hpp, drawn for Perfetto.
#pragma once

#include <string>
#include <string_view>

namespace sluice::detail {

// What has been noted, as Perfetto reads it: a track for each worker with the goroutines that it
// ran, one for each goroutine with its states, and arrows from who makes a goroutine run to where
// it does; and a track of the reports.
std::string drawn_trace();

void trace_execution(bool on);

// Checked mode has found something.
void note_in_trace(std::string_view report);

}  // namespace sluice::detail
