// What one goroutine has done before: which locks it took while it held which others. Lets it go on
// without asking the graph, which all goroutines share.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "debug/object_id.hpp"
#include "sluice/detail/lock_trail.hpp"

namespace sluice::checked {

struct EdgeCache {
  // Written by the goroutine, read by reports that add up how often an order was seen.
  struct Entry : detail::OrderSeen {
    std::atomic<ObjectId> from{kNoObject};  // the lock that it took last before `to`
    std::atomic<ObjectId> to{kNoObject};
  };
  std::array<Entry, 16> entries;

  Entry& at(std::uint64_t key) noexcept { return entries[key >> 60]; }

  void clear() noexcept {
    for (Entry& entry : entries) entry.key.store(0, std::memory_order_relaxed);
  }

  static bool hit(Entry& entry, std::uint64_t key) noexcept {
    if (entry.key.load(std::memory_order_relaxed) != key) return false;
    entry.again();
    return true;
  }
  static void fill(Entry& entry, std::uint64_t key, ObjectId from, ObjectId to) noexcept {
    entry.from.store(from, std::memory_order_relaxed);
    entry.to.store(to, std::memory_order_relaxed);
    entry.count.store(1, std::memory_order_relaxed);
    entry.key.store(key, std::memory_order_relaxed);
  }
};

}  // namespace sluice::checked
