#include "debug/memory_parts.hpp"

#include <algorithm>
#include <bit>

namespace sluice::checked {

bool MemoryParts::reserve(std::size_t segments, std::size_t stacks, std::size_t objects) noexcept {
  bucket_mask_ = std::bit_ceil(objects * 2 + 16) - 1;
  stacks_ = scratch_.take<StackPart>(stacks + 1);
  stack_count_ = stacks;
  buckets_ = scratch_.take<std::uint32_t>(bucket_mask_ + 1);
  return stacks_ != nullptr && buckets_ != nullptr && segments_.reserve(scratch_, segments + 1) &&
         watched_.reserve(scratch_, objects + 1);
}

bool MemoryParts::add_heap(BlockMap* blocks) noexcept {
  MemorySegment segment;
  segment.range = blocks->range();
  segment.blocks = blocks;
  return segments_.push(segment);
}

bool MemoryParts::add_block(Range block) noexcept {
  MemorySegment segment;
  segment.range = block;
  segment.kind = MemorySegment::Kind::block;
  return segments_.push(segment);
}

bool MemoryParts::add_arena(Range arena, std::size_t slot_size) noexcept {
  MemorySegment segment;
  segment.range = arena;
  segment.kind = MemorySegment::Kind::arena;
  segment.slot_size = slot_size;
  segment.stacks = scratch_.take<std::uint32_t>((arena.size() / slot_size) + 1);
  return segment.stacks != nullptr && segments_.push(segment);
}

void MemoryParts::sort() noexcept {
  std::sort(segments_.begin(), segments_.end(), [](const MemorySegment& a, const MemorySegment& b) {
    return a.range.low < b.range.low;
  });
  if (!segments_.empty()) {
    all_ = {segments_[0].range.low, segments_[segments_.size() - 1].range.high};
  }
}

MemorySegment* MemoryParts::find_segment(std::uintptr_t address) const noexcept {
  auto* first = const_cast<MemorySegment*>(segments_.begin());
  std::size_t count = segments_.size();
  while (count > 1) {
    const std::size_t half = count / 2;
    if (first[half].range.low <= address) {
      first += half;
      count -= half;
    } else {
      count = half;
    }
  }
  if (count == 0) return nullptr;
  // The end of a block is still taken for a part of it.
  const bool at_end = first->kind == MemorySegment::Kind::block && address == first->range.high;
  return first->range.contains(address) || at_end ? first : nullptr;
}

void MemoryParts::add_stack(std::uint32_t number, std::uintptr_t slot,
                            const StackMemory& memory) noexcept {
  stacks_[number].memory = memory;
  MemorySegment* segment = segment_of(slot, near_);
  if (segment == nullptr || segment->kind != MemorySegment::Kind::arena) return;
  segment->stacks[(slot - segment->range.low) / segment->slot_size] = number + 1;
}

void MemoryParts::add_hidden(std::uint32_t number, Range memory) noexcept {
  stacks_[number].memory.whole = memory;
}

void MemoryParts::skip(std::uintptr_t address) noexcept {
  MemorySegment* segment = segment_of(address, near_);
  if (segment == nullptr) return;
  if (segment->kind == MemorySegment::Kind::block) segment->reached = true;
  if (segment->kind != MemorySegment::Kind::heap) return;
  if (const std::uintptr_t start = segment->blocks->find(address); start != 0) {
    segment->blocks->reach(start);
  }
}

std::uintptr_t MemoryParts::watch(std::uint32_t object, std::uintptr_t address) noexcept {
  MemorySegment* segment = segment_of(address, near_);
  std::uintptr_t part = 0;
  if (segment != nullptr && segment->kind == MemorySegment::Kind::heap) {
    part = segment->blocks->find(address);
    if (part != 0) segment->blocks->watch(part);
  } else if (segment != nullptr && segment->kind == MemorySegment::Kind::block) {
    part = segment->range.low;
    segment->watched = true;
  } else if (segment != nullptr) {
    const std::uint32_t number = stack_at(*segment, address);
    if (number != 0) {
      part = reinterpret_cast<std::uintptr_t>(&stacks_[number - 1]);
      stacks_[number - 1].watched = true;
    }
  }
  if (part == 0) return 0;
  std::uint32_t& first = buckets_[bucket_of(part)];
  watched_.push({part, object, first});  // there is room for each object
  first = static_cast<std::uint32_t>(watched_.size());
  return part;
}

bool MemoryParts::reached(std::uintptr_t address) const noexcept {
  const MemorySegment* segment = segment_of(address, near_);
  if (segment == nullptr) return true;
  if (segment->kind == MemorySegment::Kind::block) return segment->reached;
  if (segment->kind == MemorySegment::Kind::arena) {
    const std::uint32_t number = stack_at(*segment, address);
    return number == 0 || stacks_[number - 1].reached;
  }
  const std::uintptr_t start = segment->blocks->find(address);
  return start == 0 || segment->blocks->reached(start);
}

void MemoryParts::forget(std::uintptr_t part) noexcept {
  auto* stack = reinterpret_cast<StackPart*>(part);
  if (stack >= stacks_ && stack < stacks_ + stack_count_) {
    stack->reached = false;
  } else if (MemorySegment* segment = segment_of(part, near_);
             segment->kind == MemorySegment::Kind::heap) {
    segment->blocks->forget(part);
  } else {
    segment->reached = false;
  }
}

}  // namespace sluice::checked
