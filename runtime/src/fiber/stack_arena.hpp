// Reserved address space, cut into stacks of one size. Knows which slots were ever handed out, not
// which are in use.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fiber/stack.hpp"

namespace sluice::fiber {

// One reservation. Never unmapped, so that any address in it can be asked about at any time.
struct Arena {
  std::byte* base = nullptr;
  std::uint32_t slots = 0;
  unsigned size_log2 = 0;
  // Slots below these have been handed out, and have their guards. Written under the pool's lock.
  std::atomic<std::uint32_t> fresh{0};
  std::uint32_t guarded = 0;

  // A page more than a stack: it is the tops that are used, and at a distance of a power of two
  // they would compete for a few sets of the TLB.
  static std::size_t stride_of(unsigned size_log2) noexcept {
    return (std::size_t{1} << size_log2) + kPage;
  }
  std::size_t stride() const noexcept { return stride_of(size_log2); }
  std::byte* end() const noexcept { return base + slots * stride(); }
  Stack stack(std::uint32_t slot) const noexcept { return {base + slot * stride(), size_log2}; }
};

// All arenas there are, in the order in which they were made. Readable from a signal handler, and
// by a debugger, which calls no function.
inline constexpr std::size_t kMaxArenas = 256;
extern Arena g_arenas[kMaxArenas];
extern std::atomic<std::size_t> g_arena_count;
std::size_t arena_count() noexcept;
const Arena& arena(std::size_t index) noexcept;

// Reserves an arena for stacks of 2^size_log2, at least as large as all arenas of that size before
// it, or as large as the system allows. Null when not even one stack can be reserved. The caller
// holds the pool's lock.
Arena* reserve_arena(unsigned size_log2) noexcept;

// Makes the low ends of some slots inaccessible, from the first that is not guarded. False when the
// system refuses: out of mappings. The caller holds the pool's lock.
bool install_guards(Arena& arena) noexcept;

// The stack whose slot `address` lies in, if any. Async-signal-safe.
bool find_stack(const void* address, Stack& found) noexcept;

// Returns the stack's pages below its top `keep` bytes to the system.
void release_pages(const Stack& stack, std::size_t keep) noexcept;
// Bytes between the deepest page ever touched since the last release and the stack's top; costs a
// system call.
std::size_t resident_depth(const Stack& stack) noexcept;

}  // namespace sluice::fiber
