// The trace of sluice/debug.hpp, and the one that the environment asks for, drawn for Perfetto.
#pragma once

#include <string>

namespace sluice::detail {

// What has been noted, as Perfetto reads it: a track for each worker with the goroutines that it
// ran, one for each goroutine with its states, and arrows from who makes a goroutine run to where
// it does.
std::string drawn_trace();

void trace_execution(bool on);

// What SLUICE_TRACE asks for, over one run: traces from the beginning, writes at the end. A file
// that can't be written is told at the beginning, with exit status 2.
class WantedTrace {
 public:
  WantedTrace();
  ~WantedTrace();
  WantedTrace(const WantedTrace&) = delete;
  WantedTrace& operator=(const WantedTrace&) = delete;
};

}  // namespace sluice::detail
