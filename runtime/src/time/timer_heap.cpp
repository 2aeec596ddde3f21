#include "time/timer_heap.hpp"

#include <algorithm>
#include <vector>

#include "base/clock.hpp"
#include "base/spin_lock.hpp"
#include "sched/idle_source.hpp"
#include "sched/park.hpp"

namespace sluice::detail {
namespace {

// A worker adds to its own shard, so that workers rarely meet in one. Four children a node: a
// shallower tree with the same comparisons a level on one cache line, as in Go's.
constexpr std::uint32_t kShards = 8;
constexpr std::uint32_t kChildren = 4;

// A node with a copy of its due, which stays as it is while the node is in: a node lies on its
// sleeper's stack, one page each, and to look at four children there would miss the cache and the
// TLB four times.
struct Entry {
  std::int64_t due;
  TimerNode* node;
};

struct alignas(64) Shard {
  base::SpinLock lock;
  std::vector<Entry> heap;                            // heap[0] is the earliest
  base::Atomic<std::int64_t> earliest{base::kNever};  // written under the lock, read by anybody

  void place(const Entry& entry, std::uint32_t at) noexcept {
    heap[at] = entry;
    entry.node->index = at + 1;
  }
  void up(const Entry entry, std::uint32_t at) noexcept {
    while (at > 0) {
      const std::uint32_t parent = (at - 1) / kChildren;
      if (heap[parent].due <= entry.due) break;
      place(heap[parent], at);
      at = parent;
    }
    place(entry, at);
  }
  void down(const Entry entry, std::uint32_t at) noexcept {
    const auto size = static_cast<std::uint32_t>(heap.size());
    for (;;) {
      const std::uint32_t first = at * kChildren + 1;
      if (first >= size) break;
      std::uint32_t least = first;
      for (std::uint32_t child = first + 1; child < std::min(first + kChildren, size); ++child) {
        if (heap[child].due < heap[least].due) least = child;
      }
      if (heap[least].due >= entry.due) break;
      place(heap[least], at);
      at = least;
    }
    place(entry, at);
  }
  void add(TimerNode& node) noexcept {
    heap.push_back({node.due, &node});
    up(heap.back(), static_cast<std::uint32_t>(heap.size()) - 1);
  }
  void take_out(std::uint32_t at) noexcept {
    heap[at].node->index = 0;
    const Entry last = heap.back();
    heap.back() = {};  // what lies behind the end must not look like a timer that is armed
    heap.pop_back();
    if (at < heap.size()) {
      down(last, at);
      if (last.node->index == at + 1) up(last, at);
    }
  }
  void publish() noexcept {
    earliest.store(heap.empty() ? base::kNever : heap[0].due, std::memory_order_release);
  }
};

Shard g_shards[kShards];

}  // namespace

void timer_add(TimerNode& node) noexcept {
  node.shard = home() % kShards;
  Shard& shard = g_shards[node.shard];
  shard.lock.lock();
  shard.add(node);
  shard.publish();
  const std::int64_t due = node.due;  // the node may have fired, and be gone, once the lock is free
  shard.lock.unlock();
  if (!on_worker()) idle_source_moved(due);
}

bool timer_remove(TimerNode& node) noexcept {
  Shard& shard = g_shards[node.shard];
  shard.lock.lock();
  const bool in = node.index != 0;
  if (in) {
    shard.take_out(node.index - 1);
    shard.publish();
  }
  shard.lock.unlock();
  return in;
}

void timer_wait_fired(const TimerNode& node) noexcept {
  while (node.firing.load(std::memory_order_acquire) != 0) base::pause();
}

std::int64_t timers_next_due() noexcept {
  std::int64_t next = base::kNever;
  for (const Shard& shard : g_shards)
    next = std::min(next, shard.earliest.load(std::memory_order_acquire));
  return next;
}

void timers_poll(std::int64_t now) noexcept {
  for (Shard& shard : g_shards) {
    while (shard.earliest.load(std::memory_order_acquire) <= now) {
      TimerNode* due = nullptr;
      shard.lock.lock();
      if (!shard.heap.empty() && shard.heap[0].due <= now) {
        due = shard.heap[0].node;
        due->firing.fetch_add(1, std::memory_order_relaxed);
        shard.take_out(0);
        shard.publish();
      }
      shard.lock.unlock();
      if (due != nullptr) due->fire(*due);  // counts `firing` down last, or ends the node's life
    }
  }
}

void timers_clear() noexcept {
  for (Shard& shard : g_shards) {
    std::vector<Entry> nodes;
    std::vector<TimerNode*> drop;
    shard.lock.lock();
    nodes.swap(shard.heap);
    for (const auto& [due, node] : nodes) {
      node->index = 0;
      if (node->outlives_run) {
        shard.add(*node);
      } else if (node->drop != nullptr) {
        drop.push_back(node);
      }
    }
    shard.publish();
    shard.lock.unlock();
    for (TimerNode* node : drop) node->drop(*node);
  }
}

}  // namespace sluice::detail
