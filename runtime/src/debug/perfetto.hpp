// Traces in the format of Perfetto (perfetto.dev, protos/perfetto/trace: Trace, TracePacket,
// TrackEvent), which ui.perfetto.dev draws. Knows neither goroutines nor workers: tracks, slices on
// them, and arrows between.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "debug/proto.hpp"

namespace sluice::checked {

class PerfettoTrace {
 public:
  using Track = std::uint64_t;
  using Flow = std::uint64_t;  // one arrow; 0: none

  // The process, whose tracks the others are below.
  Track process(int pid, const std::string& name);
  Track thread(int pid, int tid, const std::string& name);
  Track track(Track parent, const std::string& name);

  // Times are nanoseconds of any one clock, and rise on each track. What begins ends before
  // anything around it does.
  void begin(Track track, std::int64_t time, const std::string& name, Flow arrives = 0);
  void end(Track track, std::int64_t time);
  void instant(Track track, std::int64_t time, const std::string& name, Flow leaves = 0);

  std::string take() { return out_.take(); }

 private:
  enum class Type : std::uint8_t { begin = 1, end = 2, instant = 3 };

  void event(Track track, std::int64_t time, Type type, const std::string* name, Flow leaves,
             Flow arrives);
  void describe(Track track, ProtoMessage descriptor);
  void packet(ProtoMessage& packet);

  ProtoMessage out_;
  std::unordered_map<std::string, std::uint64_t> names_;  // those that the reader knows by number
  Track last_track_ = 0;
  bool any_ = false;
};

}  // namespace sluice::checked
