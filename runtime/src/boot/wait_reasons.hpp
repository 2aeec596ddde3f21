// The texts of the reasons to wait, as a table: a debugger can read it, and call nothing.
#pragma once

#include <cstddef>

#include "sluice/detail/event.hpp"

namespace sluice::detail {

inline constexpr std::size_t kWaitReasons = static_cast<std::size_t>(WaitReason::io_wait) + 1;
extern const char* const g_wait_reasons[kWaitReasons];

}  // namespace sluice::detail
