// The profiles of sluice/debug.hpp.
#pragma once

#include <cstdint>
#include <string>

#include "sluice/debug.hpp"

namespace sluice::detail {

// No wait is left out that anybody would miss, and little time is spent.
inline constexpr std::int64_t kUsualBlockingRate = 10'000;  // nanoseconds

void profile_blocking(std::int64_t from_nanoseconds);
void profile_mutexes(std::int64_t one_in);
std::string profile_of(debug::Profile what);

}  // namespace sluice::detail
