// Stacks by number: each different list of return addresses is kept once, for ever, under a 32-bit
// id.
#pragma once

#include <cstdint>
#include <span>

namespace sluice::checked {

using StackId = std::uint32_t;
inline constexpr StackId kNoStack = 0;

// Both may be called from any thread. A lookup of a known stack takes no lock.
StackId intern_stack(std::span<const void* const> pcs);
std::span<const void* const> stack_of(StackId id) noexcept;

}  // namespace sluice::checked
