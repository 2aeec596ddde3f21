#include "debug/stack_depot.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

namespace sluice::checked {
namespace {

// A stack is written once, before it is published, and never freed.
struct Node {
  Node* next;  // in its bucket; written before the node is published
  std::uint64_t hash;
  StackId id;
  std::uint32_t size;
  const void* pcs[1];  // in truth `size` of them
};

constexpr std::size_t kBuckets = 1 << 14;
constexpr std::size_t kChunk = 1 << 12;
constexpr std::size_t kChunks = 1 << 12;

// Buckets are pushed to by whoever found no equal stack, and read by everybody: release when a node
// is hung in, acquire when one is followed. Two threads may hang in the same stack at once; it then
// has two ids, which is harmless.
std::atomic<Node*> g_buckets[kBuckets];
std::atomic<std::atomic<Node*>*> g_by_id[kChunks];
std::atomic<StackId> g_last_id{kNoStack};

std::uint64_t hash_of(std::span<const void* const> pcs) {
  std::uint64_t hash = 0x9e3779b97f4a7c15u ^ pcs.size();
  for (const void* pc : pcs) {
    hash = (hash ^ reinterpret_cast<std::uintptr_t>(pc)) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
  }
  return hash;
}

std::atomic<Node*>* slot_of(StackId id) {
  std::atomic<std::atomic<Node*>*>& chunk = g_by_id[id / kChunk];
  std::atomic<Node*>* slots = chunk.load(std::memory_order_acquire);
  if (slots == nullptr) {
    auto* fresh = new (std::nothrow) std::atomic<Node*>[kChunk]();
    if (fresh == nullptr) return nullptr;
    if (chunk.compare_exchange_strong(slots, fresh, std::memory_order_acq_rel)) {
      slots = fresh;
    } else {
      delete[] fresh;
    }
  }
  return &slots[id % kChunk];
}

}  // namespace

StackId intern_stack(std::span<const void* const> pcs) {
  if (pcs.empty()) return kNoStack;
  const std::uint64_t hash = hash_of(pcs);
  std::atomic<Node*>& bucket = g_buckets[hash % kBuckets];
  for (Node* node = bucket.load(std::memory_order_acquire); node != nullptr; node = node->next) {
    if (node->hash == hash && node->size == pcs.size() &&
        std::equal(pcs.begin(), pcs.end(), node->pcs)) {
      return node->id;
    }
  }
  const StackId id = g_last_id.fetch_add(1, std::memory_order_relaxed) + 1;
  if (id >= kChunk * kChunks)
    return kNoStack;  // 16 million different stacks: reports go without the rest
  std::atomic<Node*>* slot = slot_of(id);
  // Cleared, so that nothing is left in it of who had the memory before: the leak scan would take
  // that for a reference.
  auto* node = static_cast<Node*>(std::calloc(1, offsetof(Node, pcs) + pcs.size() * sizeof(void*)));
  if (slot == nullptr || node == nullptr) {
    std::free(node);
    return kNoStack;
  }
  node->hash = hash;
  node->id = id;
  node->size = static_cast<std::uint32_t>(pcs.size());
  std::memcpy(node->pcs, pcs.data(), pcs.size() * sizeof(void*));
  slot->store(node, std::memory_order_release);
  node->next = bucket.load(std::memory_order_relaxed);
  while (!bucket.compare_exchange_weak(node->next, node, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
  return id;
}

std::span<const void* const> stack_of(StackId id) noexcept {
  if (id == kNoStack || id >= kChunk * kChunks) return {};
  std::atomic<Node*>* slots = g_by_id[id / kChunk].load(std::memory_order_acquire);
  const Node* node =
      slots == nullptr ? nullptr : slots[id % kChunk].load(std::memory_order_acquire);
  if (node == nullptr) return {};
  return {node->pcs, node->size};
}

}  // namespace sluice::checked
