// One goroutine stack: a slot of reserved address space, its guard at the low end, its owner's data
// at the high end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::fiber {

inline constexpr std::size_t kPage = 4096;
inline constexpr unsigned kMinStackLog2 = 14;  // 16 KiB
inline constexpr unsigned kMaxStackLog2 = 30;  // 1 GiB

// Low to high: [guard][unused ... frames][whatever the owner put at the top]. The size is a power
// of two.
struct Stack {
  std::byte* low = nullptr;
  unsigned size_log2 = 0;

  std::size_t size() const noexcept { return std::size_t{1} << size_log2; }
  std::byte* high() const noexcept { return low + size(); }
  // A frame that is larger than the guard could step over it, so larger stacks have larger guards.
  std::size_t guard_size() const noexcept { return size_log2 < 16 ? kPage : 4 * kPage; }
  std::byte* usable_low() const noexcept { return low + guard_size(); }
};

// The smallest slot of at least `bytes`, as a power of two; 0 when `bytes` is beyond the largest.
constexpr unsigned stack_log2(std::size_t bytes) noexcept {
  for (unsigned log2 = kMinStackLog2; log2 <= kMaxStackLog2; ++log2) {
    if ((std::size_t{1} << log2) >= bytes) return log2;
  }
  return 0;
}

}  // namespace sluice::fiber
