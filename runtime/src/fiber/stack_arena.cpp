#include "fiber/stack_arena.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/sanitizers.hpp"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102  // Linux 6.13
#endif
#ifndef PIDFD_SELF
#define PIDFD_SELF -10000  // Linux 6.14
#endif

namespace sluice::fiber {

Arena g_arenas[kMaxArenas];
std::atomic<std::size_t> g_arena_count{0};

namespace {

// Each arena of a size is as large as all before it together, so few mappings hold any number of
// stacks. Sanitizers shadow address space, so there we reserve less at once.
constexpr std::size_t kFirstArena = std::size_t{64} << 20;
constexpr std::size_t kLargestArena =
    SLUICE_TSAN || SLUICE_ASAN ? std::size_t{1} << 30 : std::size_t{64} << 30;

constexpr std::uint32_t kGuardsAtOnce = 32;

std::size_t next_arena_size(unsigned size_log2) noexcept {
  std::size_t total = 0;
  for (std::size_t i = 0; i < arena_count(); ++i) {
    if (g_arenas[i].size_log2 == size_log2) {
      total += static_cast<std::size_t>(g_arenas[i].end() - g_arenas[i].base);
    }
  }
  const std::size_t one = Arena::stride_of(size_log2);
  return std::max(one, std::clamp(total, kFirstArena, kLargestArena));
}

// With guard markers (Linux 6.13) an arena stays one mapping however many guards it has. Before
// that each guard splits it: two mappings a stack, of which a process has vm.max_map_count (65,530
// by default).
bool install_guard(const Stack& stack) noexcept {
  static std::atomic<bool> use_markers{true};
  if (use_markers.load(std::memory_order_relaxed)) {
    if (madvise(stack.low, stack.guard_size(), MADV_GUARD_INSTALL) == 0) return true;
    if (errno != EINVAL) return false;
    use_markers.store(false, std::memory_order_relaxed);
  }
  if (mprotect(stack.low, stack.guard_size(), PROT_NONE) == 0) return true;
  static std::atomic<bool> told{false};
  if (errno == ENOMEM && !told.exchange(true)) {
    std::fputs(
        "sluice: no more memory mappings for goroutine stacks: before Linux 6.13 each takes two of "
        "vm.max_map_count; raise it with `sysctl vm.max_map_count=N`\n",
        stderr);
  }
  return false;
}

// Several with one system call (Linux 6.14), at half of what each takes otherwise. False: the
// system does not know how.
bool install_guards_at_once(const Arena& arena, std::uint32_t count) noexcept {
  static std::atomic<bool> refused{false};
  if (refused.load(std::memory_order_relaxed)) return false;
  iovec guards[kGuardsAtOnce];
  for (std::uint32_t i = 0; i < count; ++i) {
    const Stack stack = arena.stack(arena.guarded + i);
    guards[i] = {stack.low, stack.guard_size()};
  }
  const long installed =
      syscall(SYS_process_madvise, PIDFD_SELF, guards, count, MADV_GUARD_INSTALL, 0);
  if (installed == static_cast<long>(count * guards[0].iov_len)) return true;
  refused.store(true, std::memory_order_relaxed);
  return false;
}

}  // namespace

std::size_t arena_count() noexcept { return g_arena_count.load(std::memory_order_acquire); }
const Arena& arena(std::size_t index) noexcept { return g_arenas[index]; }

Arena* reserve_arena(unsigned size_log2) noexcept {
  const std::size_t index = arena_count();
  if (index == kMaxArenas) return nullptr;
  const std::size_t one = Arena::stride_of(size_log2);
  for (std::size_t size = next_arena_size(size_log2); size >= one; size /= 2) {
    const std::size_t slots = size / one;
    // Not MAP_STACK or MAP_GROWSDOWN: nothing here grows, and no page is committed before it is
    // touched.
    void* base = mmap(nullptr, slots * one, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) continue;
    // A huge page would commit many stacks at the first touch of one.
    madvise(base, slots * one, MADV_NOHUGEPAGE);
    Arena& fresh = g_arenas[index];
    fresh.base = static_cast<std::byte*>(base);
    fresh.slots = static_cast<std::uint32_t>(slots);
    fresh.size_log2 = size_log2;
    g_arena_count.store(index + 1, std::memory_order_release);
    return &fresh;
  }
  return nullptr;
}

bool install_guards(Arena& arena) noexcept {
  const std::uint32_t count = std::min(kGuardsAtOnce, arena.slots - arena.guarded);
  if (install_guards_at_once(arena, count)) {
    arena.guarded += count;
    return true;
  }
  if (!install_guard(arena.stack(arena.guarded))) return false;
  ++arena.guarded;
  return true;
}

bool find_stack(const void* address, Stack& found) noexcept {
  const auto* where = static_cast<const std::byte*>(address);
  for (std::size_t i = 0; i < arena_count(); ++i) {
    const Arena& candidate = g_arenas[i];
    if (where < candidate.base || where >= candidate.end()) continue;
    const auto offset = static_cast<std::size_t>(where - candidate.base);
    const auto slot = static_cast<std::uint32_t>(offset / candidate.stride());
    if (slot >= candidate.fresh.load(std::memory_order_acquire)) return false;
    found = candidate.stack(slot);
    return where < found.high();
  }
  return false;
}

void release_pages(const Stack& stack, std::size_t keep) noexcept {
  madvise(stack.usable_low(), static_cast<std::size_t>(stack.high() - stack.usable_low()) - keep,
          MADV_DONTNEED);
}

std::size_t resident_depth(const Stack& stack) noexcept {
  unsigned char resident[256];
  std::byte* low = stack.usable_low();
  while (low < stack.high()) {
    const std::size_t length = std::min<std::size_t>(sizeof resident * kPage,
                                                     static_cast<std::size_t>(stack.high() - low));
    if (mincore(low, length, resident) != 0) return 0;
    for (std::size_t page = 0; page * kPage < length; ++page) {
      if ((resident[page] & 1) != 0)
        return static_cast<std::size_t>(stack.high() - low) - page * kPage;
    }
    low += length;
  }
  return 0;
}

}  // namespace sluice::fiber
