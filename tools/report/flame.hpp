// A profile in pprof's format as a flame graph: how much of the time, or of the goroutines, went
// into what, by who called whom.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::pictures {

struct FlameNode {
  std::uint64_t total = 0;
  std::map<std::string, FlameNode> callees;  // by "function\nfile:line"
};

struct Profile {
  std::string type, unit;  // "delay", "nanoseconds"
  FlameNode root;
};

bool is_profile(std::string_view text);

// Of its last kind of value. Throws NotProtobuf, or std::runtime_error where it is no profile.
Profile read_profile(std::string_view text);

// An <article>. `name` is the file's.
std::string render_flame(const Profile& profile, const std::string& name);

// "132.1 ms", "14 goroutines".
std::string amount(std::uint64_t value, const std::string& unit);

}  // namespace sluice::pictures
