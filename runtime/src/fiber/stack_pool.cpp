#include "fiber/stack_pool.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace sluice::fiber {
namespace {

// Deep use is looked for in every so many'th stack that comes back, the more rarely the longer
// there was none: mincore costs as much as ten spawns.
constexpr unsigned kLeastSampleGap = 16, kMostSampleGap = 4096;
constexpr std::size_t kKeptDepth = 4 * kPage;
// How many stacks a trim gives back at most: some 30 ms of work.
constexpr std::size_t kTrimBatch = 64 * 1024;

// A stack is freed by whoever runs next on its worker, which comes after nothing that the one did
// whose stack it was: so ThreadSanitizer must not see what is written there.
SLUICE_THREAD_CONFINED FreeStack* write_link(const Stack& stack, FreeStack* next) noexcept {
  auto* link = reinterpret_cast<FreeStack*>(stack.high() - kFreeStackReserve);
  link->size_log2 = stack.size_log2;
  link->next = next;
  return link;
}
SLUICE_THREAD_CONFINED FreeStack* next_of(const FreeStack* link) noexcept { return link->next; }
SLUICE_THREAD_CONFINED Stack stack_of(FreeStack* link) noexcept {
  std::byte* high = reinterpret_cast<std::byte*>(link) + kFreeStackReserve;
  return {high - (std::size_t{1} << link->size_log2), link->size_log2};
}

// True: it was.
bool give_back_depth(const Stack& stack) noexcept {
  if (resident_depth(stack) <= kKeptDepth) return false;
  release_pages(stack, kKeptDepth);
  return true;
}

// The stacks of one size. `lock` guards every field.
struct SizeClass {
  base::SpinLock lock;
  FreeStack* warm = nullptr;  // linked through their own pages
  std::size_t warm_count = 0;
  std::size_t warm_low = 0;  // the least warm_count since the last trim: that many nobody needed
  // Stacks without pages, as an array of their own so that their memory stays untouched.
  std::byte** cold = nullptr;
  std::size_t cold_count = 0;
  std::size_t cold_room = 0;
  Arena* newest = nullptr;
};

SizeClass g_classes[kMaxStackLog2 + 1];
std::atomic<std::int64_t> g_taken{0};

bool grow_cold(SizeClass& pool, std::size_t wanted) noexcept {
  if (wanted <= pool.cold_room) return true;
  const std::size_t room = std::max<std::size_t>(wanted, 2 * pool.cold_room + 512);
  void* memory = mmap(nullptr, room * sizeof(std::byte*), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  auto** grown = static_cast<std::byte**>(memory);
  std::copy_n(pool.cold, pool.cold_count, grown);
  // Its memory goes back, its addresses stay: a leak scan, for which the monitor is not stopped,
  // may be about to read there.
  if (pool.cold != nullptr) {
    madvise(pool.cold, pool.cold_room * sizeof(std::byte*), MADV_DONTNEED);
  }
  pool.cold = grown;
  pool.cold_room = room;
  return true;
}

bool take_fresh(SizeClass& pool, unsigned size_log2, Stack& stack) noexcept {
  if (pool.newest == nullptr ||
      pool.newest->fresh.load(std::memory_order_relaxed) == pool.newest->slots) {
    Arena* more = reserve_arena(size_log2);
    if (more == nullptr) return false;
    pool.newest = more;
  }
  const std::uint32_t slot = pool.newest->fresh.load(std::memory_order_relaxed);
  stack = pool.newest->stack(slot);
  if (slot == pool.newest->guarded && !install_guards(*pool.newest)) return false;
  pool.newest->fresh.store(slot + 1, std::memory_order_release);
  return true;
}

// Arenas of all sizes share one table.
base::SpinLock g_arena_lock;

}  // namespace

bool take_stack(unsigned size_log2, Stack& stack) noexcept {
  SizeClass& pool = g_classes[size_log2];
  pool.lock.lock();
  bool found = true;
  if (pool.warm != nullptr) {
    stack = stack_of(pool.warm);
    pool.warm = next_of(pool.warm);
    pool.warm_low = std::min(pool.warm_low, --pool.warm_count);
  } else if (pool.cold_count > 0) {
    stack = {pool.cold[--pool.cold_count], size_log2};
  } else {
    g_arena_lock.lock();
    found = take_fresh(pool, size_log2, stack);
    g_arena_lock.unlock();
  }
  pool.lock.unlock();
  if (found) g_taken.fetch_add(1, std::memory_order_relaxed);
  return found;
}

void give_stack(const Stack& stack) noexcept {
  SizeClass& pool = g_classes[stack.size_log2];
  pool.lock.lock();
  pool.warm = write_link(stack, pool.warm);
  ++pool.warm_count;
  pool.lock.unlock();
  g_taken.fetch_sub(1, std::memory_order_relaxed);
}

bool StackCache::take(Stack& stack) noexcept {
  if (head_ == nullptr || size_log2_ != stack.size_log2) return false;
  FreeStack* link = head_;
  head_ = next_of(link);
  --count_;
  stack = stack_of(link);
  return true;
}

void StackCache::give(const Stack& stack) noexcept {
  if (--until_sample_ == 0) {
    sample_gap_ =
        give_back_depth(stack) ? kLeastSampleGap : std::min(2 * sample_gap_, kMostSampleGap);
    until_sample_ = sample_gap_;
  }
  if (count_ == 0) size_log2_ = stack.size_log2;
  if (stack.size_log2 != size_log2_ || count_ == kLimit) {
    give_stack(stack);
    return;
  }
  head_ = write_link(stack, head_);
  ++count_;
}

void StackCache::drain() noexcept {
  for (FreeStack* link = head_; link != nullptr;) {
    FreeStack* next = next_of(link);
    give_stack(stack_of(link));
    link = next;
  }
  head_ = nullptr;
  count_ = 0;
}

bool trim_stacks() noexcept {
  bool more = false;
  for (unsigned log2 = kMinStackLog2; log2 <= kMaxStackLog2; ++log2) {
    SizeClass& pool = g_classes[log2];
    for (std::size_t done = 0; done < kTrimBatch; ++done) {
      pool.lock.lock();
      if (pool.warm_low == 0 || !grow_cold(pool, pool.cold_count + 1)) {
        pool.lock.unlock();
        break;
      }
      FreeStack* link = pool.warm;
      pool.warm = next_of(link);
      --pool.warm_count;
      --pool.warm_low;
      pool.lock.unlock();
      const Stack stack = stack_of(link);
      release_pages(stack, 0);
      pool.lock.lock();
      if (grow_cold(pool, pool.cold_count + 1)) pool.cold[pool.cold_count++] = stack.low;
      pool.lock.unlock();
    }
    pool.lock.lock();
    if (pool.warm_low == 0) pool.warm_low = pool.warm_count;
    more = more || pool.warm_count > 0;
    pool.lock.unlock();
  }
  return more;
}

std::size_t stacks_in_use() noexcept {
  return static_cast<std::size_t>(g_taken.load(std::memory_order_relaxed));
}

}  // namespace sluice::fiber
