// The profiles of sluice/debug.hpp, and those that the environment asks for.
#pragma once

#include <string>

#include "sluice/debug.hpp"

namespace sluice::detail {

void profile_blocking(std::int64_t from_nanoseconds);
void profile_mutexes(std::int64_t one_in);
std::string profile_of(debug::Profile what);

// What SLUICE_BLOCKPROFILE and SLUICE_MUTEXPROFILE ask for, over one run: counts from the
// beginning, writes at the end. A file that can't be written is told at the beginning, with exit
// status 2.
class WantedProfiles {
 public:
  WantedProfiles();
  ~WantedProfiles();
  WantedProfiles(const WantedProfiles&) = delete;
  WantedProfiles& operator=(const WantedProfiles&) = delete;
};

}  // namespace sluice::detail
