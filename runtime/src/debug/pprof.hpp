// Profiles in the format of Google's pprof, which Go's tools read: github.com/google/pprof,
// proto/profile.proto. Not compressed, as its readers allow.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sluice::checked {

// What one stack stands for. As many values as the profile has kinds of them.
struct ProfileSample {
  std::vector<const void*> pcs;  // return addresses, innermost first
  std::vector<std::uint64_t> values;
};

// "delay", "nanoseconds"
struct ProfileValue {
  const char* type;
  const char* unit;
};

// Frames of the runtime's inside are left out, those of its public functions are kept, as in a
// goroutine dump. Times are nanoseconds, the first since 1970. Needs stack and time: it reads debug
// information.
std::string pprof(std::span<const ProfileValue> values, std::span<const ProfileSample> samples,
                  std::int64_t time, std::int64_t duration);

}  // namespace sluice::checked
