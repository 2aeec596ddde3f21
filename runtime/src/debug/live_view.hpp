// What a living program is at, for who watches it from outside: a line of JSON. Knows no scheduler:
// it renders what it is given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::checked {

// Goroutines that are in the same state, have been started by the same call and stand alike.
struct LiveGroup {
  std::string state;  // "running", "runnable", "chan receive", ...: as a dump has it
  const void* creation_pc = nullptr;
  std::vector<const void*> pcs;  // return addresses, innermost first; empty: not known
  std::uint64_t count = 0;
  std::int64_t longest = 0;  // nanoseconds that the one has waited who has waited longest
};

struct LiveWorker {
  std::uint64_t queued = 0;    // goroutines that wait for their turn there
  std::uint32_t switches = 0;  // from one context to another; goes on from 0 after the last
};

// Each figure is true of its own moment; the groups are of one moment.
struct LiveView {
  std::int64_t time = 0;  // nanoseconds of the monotonic clock
  bool checked = false;
  std::uint64_t created = 0;  // main among them
  std::uint64_t ended = 0;
  std::uint64_t limit = 0;  // how many goroutines may run at once
  std::uint64_t active = 0, searching = 0, detached = 0;
  std::uint64_t queued = 0;  // in the queue of all workers
  std::vector<LiveWorker> workers;
  std::vector<LiveGroup> groups;
};

inline constexpr int kLiveSchema = 1;  // changes when what a reader may rely on does

// Without a newline; groups that read the same have become one. Reads debug information, so it
// needs stack, and time when it meets a place first.
std::string live_line(const LiveView& view);

}  // namespace sluice::checked
