// A trace as sluice writes it for Perfetto, read back: what each worker and each goroutine did
// when.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::pictures {

struct Slice {
  std::int64_t begin = 0, end = 0;  // nanoseconds since the trace's beginning
  std::uint32_t name = 0;           // an index of Trace::names
  std::uint64_t woken_by = 0;       // the number of the goroutine that made this one runnable
};

struct TraceTrack {
  std::uint64_t number = 0;
  std::string name;    // "worker 0", "goroutine 7 \"pong\""
  std::string origin;  // where a goroutine was started: "pong.cpp:12"; empty: unknown
  bool is_worker = false;
  std::vector<Slice> slices;  // one after the other
};

struct Mark {
  std::int64_t when = 0;
  std::string what;
};

struct ReadTrace {
  std::string program;
  std::int64_t length = 0;  // nanoseconds
  std::vector<std::string> names;
  std::vector<TraceTrack> tracks;  // workers, then goroutines, each by number
  std::vector<Mark> reports;
};

// Whether the text looks like a trace at all: nothing but packets.
bool is_trace(std::string_view text);

// Throws NotProtobuf, or std::runtime_error where it is none of sluice's.
ReadTrace read_trace(std::string_view text);

}  // namespace sluice::pictures
