// The objects that checked mode has heard of, by number: what each is, where it was made, what it
// is called. Knows nothing of how objects are used; detectors hang their own books on a record.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/spin_lock.hpp"
#include "debug/channel_use.hpp"
#include "debug/hidden_address.hpp"
#include "debug/object_id.hpp"
#include "debug/stack_depot.hpp"
#include "debug/stack_trace.hpp"
#include "sluice/detail/lock_trail.hpp"

namespace sluice::checked {

struct ActorState;
class Clock;

inline constexpr std::int32_t kNoRank = INT32_MIN;

// Copied out for a report, which may be written after the object is gone.
struct ObjectInfo {
  ObjectId id = kNoObject;
  HiddenAddress address;
  detail::ObjectKind kind = detail::ObjectKind::none;
  std::uint32_t number = 0;  // as in Mutex#12
  std::string name;          // as given to debug::name; empty: none
  StackId created = kNoStack;
  // Of the functions that were at work when it was made, innermost first: the canonical frame
  // address, minus the object's own address; 0 is unknown. A local variable's name is found by it.
  std::int64_t frames[2] = {0, 0};
  const void* first_use = nullptr;
  // Where the goroutine that the report speaks of uses it, and which case of a select it is there:
  // what that line calls it is its name, if it has no other. Set by whoever copied it out.
  const void* used_at = nullptr;
  std::uint16_t used_case = 0;
};

// On lines of its own: goroutines on different processors use different objects.
struct alignas(64) ObjectRecord {
  // Written when the object is first heard of and when it dies; read with relaxed order by whoever
  // holds its id.
  std::atomic<ObjectId> id{kNoObject};
  std::atomic<std::uint8_t> kind{0};
  // A lock that was unlocked by another goroutine than its holder: it counts as a semaphore from
  // then on and takes part in no verdict. Set once.
  std::atomic<bool> handed_over{false};
  // Whoever held it exclusively has freed it himself, once at least.
  std::atomic<bool> freed_by_holder{false};
  // Who took it exclusively last; he holds it still if his held set says so. Null: nobody holds it
  // so. Written by holders, read by those who look for cycles: release and acquire, as the reader
  // goes on to what the holder waits for.
  std::atomic<ActorState*> owner{nullptr};
  void freed() noexcept {
    if (!freed_by_holder.load(std::memory_order_relaxed)) {
      freed_by_holder.store(true, std::memory_order_relaxed);
    }
    owner.store(nullptr, std::memory_order_release);
  }
  // As debug::rank gave it: the lock may be taken only under locks of a lower rank.
  std::atomic<std::int32_t> rank{kNoRank};
  ChannelUse use;  // a channel of capacity 1: its users' to write
  // What goroutines have told each other through it: ordering's. Some may still be listening when
  // the object dies.
  base::SpinLock said_lock;
  // Grows with each change of `said`; 0: there is nothing. Spares those who have heard it the lock;
  // written under it.
  std::atomic<std::uint32_t> said_version{0};
  std::shared_ptr<const Clock> said;  // guarded by said_lock; null: nothing
  // The rest is guarded by the table's lock.
  HiddenAddress address;
  const void* first_use = nullptr;
  std::uint32_t number = 0;
  StackId created = kNoStack;
  std::int64_t frames[2] = {0, 0};
  std::uint32_t generation = 0;
};

class ObjectTable {
 public:
  ObjectTable() = default;
  ~ObjectTable();
  ObjectTable(const ObjectTable&) = delete;

  // The number of the object that `event.objects[i]` speaks of; it is given one when it has none.
  // kNoObject for a reference without a tag, and when 16 million objects are alive.
  ObjectId id_of(const detail::ObjectRef& object, const detail::Event& event) {
    if (object.tag == nullptr) return kNoObject;
    const ObjectId id = object.tag->id.load(std::memory_order_acquire);
    return id != kNoObject ? id : add(object, event, nullptr);
  }

  // Its maker tells of it: `site` is where.
  ObjectId created(const detail::ObjectRef& object, const detail::Event& event, const Site& site) {
    return add(object, event, &site);
  }

  // Null when the object is gone. The record stays valid memory for ever.
  ObjectRecord* find(ObjectId id) noexcept {
    ObjectRecord* record = at(id & kIndexMask);
    return record != nullptr && record->id.load(std::memory_order_relaxed) == id ? record : nullptr;
  }

  // Asks memory for what find() of it will read.
  void expect(ObjectId id) noexcept {
    if (const ObjectRecord* record = at(id & kIndexMask)) __builtin_prefetch(record);
  }
  // The same for an object that is alive, as it is while somebody uses it.
  ObjectRecord& alive(ObjectId id) noexcept { return *at(id & kIndexMask); }

  // The object is gone: its number will mean another one some day.
  void remove(ObjectId id);

  // The object at `address`, now or when it is first heard of, is called `name`.
  void set_name(const void* address, std::string_view name);

  // The same for its rank.
  void set_rank(const void* address, std::int32_t rank);
  const std::atomic<bool>& ranks() const noexcept { return any_ranks_; }
  bool any_ranks() const noexcept { return any_ranks_.load(std::memory_order_relaxed); }

  // Somebody unknown wakes those who wait for the object at `address`.
  void set_external(const void* address);
  bool external(ObjectId id);
  std::vector<const void*> externals();

  ObjectInfo info(ObjectId id);

  // The blocks of memory that the records are in.
  template <class Visit>
  void for_each_block(Visit visit) {
    for (std::atomic<ObjectRecord*>& chunk : chunks_) {
      if (ObjectRecord* block = chunk.load(std::memory_order_acquire)) visit(block);
    }
  }

 private:
  static constexpr std::uint32_t kIndexBits = 24;
  static constexpr std::uint32_t kIndexMask = (1u << kIndexBits) - 1;
  static constexpr std::uint32_t kChunkBits = 10;
  static constexpr std::uint32_t kChunks = 1u << (kIndexBits - kChunkBits);

  ObjectRecord* at(std::uint32_t index) noexcept {
    ObjectRecord* chunk = chunks_[index >> kChunkBits].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr : &chunk[index & ((1u << kChunkBits) - 1)];
  }
  ObjectId add(const detail::ObjectRef& object, const detail::Event& event, const Site* site);
  std::uint32_t take_index();

  std::atomic<ObjectRecord*> chunks_[kChunks] = {};
  base::SpinLock lock_;  // guards what follows, and the records' plain fields
  std::uint32_t used_ = 1;
  std::uint32_t next_number_ = 1;
  // First in, first out, so that a place is used again as late as possible.
  std::vector<std::uint32_t> free_;
  std::size_t free_head_ = 0;
  std::unordered_map<const void*, std::string> names_;  // by address
  std::unordered_map<const void*, std::int32_t> ranks_;
  std::unordered_set<const void*> external_;
  std::unordered_map<const void*, ObjectId> by_address_;  // kept once there are ranks
  std::atomic<bool> any_ranks_{false};                    // written under lock_, once
};

}  // namespace sluice::checked
