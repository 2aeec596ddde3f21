#include "debug/object_table.hpp"

#include <mutex>

namespace sluice::checked {

ObjectTable::~ObjectTable() {
  for (std::atomic<ObjectRecord*>& chunk : chunks_) delete[] chunk.load(std::memory_order_relaxed);
}

// 0 when all places are taken. Under lock_.
std::uint32_t ObjectTable::take_index() {
  // A place waits until a thousand others have been freed after it, while there is room.
  const std::size_t waiting = free_.size() - free_head_;
  if (waiting > 1024 || (used_ > kIndexMask && waiting > 0)) {
    const std::uint32_t index = free_[free_head_++];
    if (free_head_ * 2 > free_.size()) {
      free_.erase(free_.begin(), free_.begin() + static_cast<std::ptrdiff_t>(free_head_));
      free_head_ = 0;
    }
    return index;
  }
  if (used_ > kIndexMask) return 0;
  std::atomic<ObjectRecord*>& chunk = chunks_[used_ >> kChunkBits];
  if (chunk.load(std::memory_order_relaxed) == nullptr) {
    chunk.store(new ObjectRecord[1u << kChunkBits], std::memory_order_release);
  }
  return used_++;
}

ObjectId ObjectTable::add(const detail::ObjectRef& object, const detail::Event& event,
                          const Site* site) {
  std::vector<const void*> pcs;
  StackId created = kNoStack;
  std::int64_t frames[2] = {0, 0};
  if (site != nullptr) {
    for (std::size_t i = 0; i < site->size; ++i) {
      pcs.push_back(site->at[i].pc);
      // The stack pointer of a caller before its call is where the frame of what it called ends.
      if (i > 0) {
        frames[i - 1] = static_cast<std::int64_t>(site->at[i].sp) -
                        static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(object.address));
      }
    }
    created = intern_stack(pcs);
  }
  const std::lock_guard guard(lock_);
  ObjectId id = object.tag->id.load(std::memory_order_relaxed);
  if (id != kNoObject) return id;  // another thread was first
  const std::uint32_t index = take_index();
  if (index == 0) return kNoObject;
  ObjectRecord& record = *at(index);
  id = index | (record.generation & 0xff) << kIndexBits;
  record.kind.store(static_cast<std::uint8_t>(object.kind), std::memory_order_relaxed);
  record.address = object.address;
  record.number = next_number_++;
  record.created = created;
  record.frames[0] = frames[0];
  record.frames[1] = frames[1];
  record.first_use = event.pc;
  if (any_ranks()) {
    by_address_[object.address] = id;
    const auto rank = ranks_.find(object.address);
    if (rank != ranks_.end()) record.rank.store(rank->second, std::memory_order_relaxed);
  }
  record.id.store(id, std::memory_order_relaxed);
  object.tag->id.store(id, std::memory_order_release);
  return id;
}

void ObjectTable::remove(ObjectId id) {
  const std::lock_guard guard(lock_);
  ObjectRecord* record = find(id);
  if (record == nullptr) return;
  if (!names_.empty()) names_.erase(record->address);
  if (!external_.empty()) external_.erase(record->address);
  record->id.store(kNoObject, std::memory_order_relaxed);
  {
    const std::lock_guard said(record->said_lock);
    record->said.reset();
    record->said_version.store(0, std::memory_order_relaxed);
  }
  record->handed_over.store(false, std::memory_order_relaxed);
  record->freed_by_holder.store(false, std::memory_order_relaxed);
  record->use.reset();
  record->owner.store(nullptr, std::memory_order_relaxed);
  record->rank.store(kNoRank, std::memory_order_relaxed);
  if (any_ranks()) {
    ranks_.erase(record->address);
    by_address_.erase(record->address);
  }
  ++record->generation;
  free_.push_back(id & kIndexMask);
}

void ObjectTable::set_name(const void* address, std::string_view name) {
  const std::lock_guard guard(lock_);
  names_[address] = name;
}

void ObjectTable::set_external(const void* address) {
  const std::lock_guard guard(lock_);
  external_.insert(address);
}

bool ObjectTable::external(ObjectId id) {
  const std::lock_guard guard(lock_);
  const ObjectRecord* record = find(id);
  return record != nullptr && external_.contains(record->address);
}

std::vector<const void*> ObjectTable::externals() {
  const std::lock_guard guard(lock_);
  return {external_.begin(), external_.end()};
}

void ObjectTable::set_rank(const void* address, std::int32_t rank) {
  const std::lock_guard guard(lock_);
  if (!any_ranks()) {
    for (std::uint32_t index = 1; index < used_; ++index) {
      const ObjectRecord& record = *at(index);
      const ObjectId id = record.id.load(std::memory_order_relaxed);
      if (id != kNoObject) by_address_[record.address] = id;
    }
    any_ranks_.store(true, std::memory_order_relaxed);
  }
  ranks_[address] = rank;
  const auto known = by_address_.find(address);
  if (known == by_address_.end()) return;
  if (ObjectRecord* record = find(known->second); record != nullptr) {
    record->rank.store(rank, std::memory_order_relaxed);
  }
}

ObjectInfo ObjectTable::info(ObjectId id) {
  ObjectInfo info;
  const std::lock_guard guard(lock_);
  const ObjectRecord* record = find(id);
  if (record == nullptr) return info;
  info.id = id;
  info.address = record->address;
  info.kind = static_cast<detail::ObjectKind>(record->kind.load(std::memory_order_relaxed));
  info.number = record->number;
  info.created = record->created;
  info.frames[0] = record->frames[0];
  info.frames[1] = record->frames[1];
  info.first_use = record->first_use;
  if (const auto name = names_.find(record->address); name != names_.end()) {
    info.name = name->second;
  }
  return info;
}

}  // namespace sluice::checked
