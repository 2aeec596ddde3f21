// How checked mode numbers objects.
#pragma once

#include <cstdint>

namespace sluice::checked {

// An index in the low 24 bits and a generation above, so that the number of a dead object is not
// taken for that of the one that has its place now. 0 is no object.
using ObjectId = std::uint32_t;
inline constexpr ObjectId kNoObject = 0;

}  // namespace sluice::checked
