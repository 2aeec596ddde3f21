#include "debug/marking.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "debug/heap_blocks.hpp"

namespace sluice::checked {
namespace {

// Larger pieces are looked at page by page, as some may never have been touched.
constexpr std::uintptr_t kLarge = 256 * 1024;
// Added to the end of the heap that a block is in, which stands for its own as long as its size has
// not been read.
constexpr std::uintptr_t kUnread = 1;

}  // namespace

bool Marking::reserve(std::size_t segments, std::size_t stacks, std::size_t objects) noexcept {
  bucket_mask_ = std::bit_ceil(objects * 2 + 16) - 1;
  stacks_ = scratch_.take<Stack>(stacks + 1);
  stack_count_ = stacks;
  buckets_ = scratch_.take<std::uint32_t>(bucket_mask_ + 1);
  return stacks_ != nullptr && buckets_ != nullptr && segments_.reserve(scratch_, segments + 1) &&
         watched_.reserve(scratch_, objects + 1) && found_.reserve(scratch_, objects + 1);
}

bool Marking::add_heap(BlockMap* blocks) noexcept {
  Segment segment;
  segment.range = blocks->range();
  segment.blocks = blocks;
  return segments_.push(segment);
}

bool Marking::add_block(Range block) noexcept {
  Segment segment;
  segment.range = block;
  segment.kind = Kind::block;
  return segments_.push(segment);
}

bool Marking::add_arena(Range arena, unsigned slot_log2) noexcept {
  Segment segment;
  segment.range = arena;
  segment.kind = Kind::arena;
  segment.slot_log2 = slot_log2;
  segment.stacks = scratch_.take<std::uint32_t>((arena.size() >> slot_log2) + 1);
  return segment.stacks != nullptr && segments_.push(segment);
}

bool Marking::ready() noexcept {
  std::sort(segments_.begin(), segments_.end(),
            [](const Segment& a, const Segment& b) { return a.range.low < b.range.low; });
  if (!segments_.empty()) {
    all_ = {segments_[0].range.low, segments_[segments_.size() - 1].range.high};
  }
  // What is left of the room is for this list; it never holds more than one entry a block.
  return touched_.reserve(scratch_, 1 << 20) &&
         pending_.reserve(scratch_, scratch_.left() / 2 / sizeof(Range));
}

inline Marking::Segment* Marking::segment_of(std::uintptr_t address) const noexcept {
  Segment*& near = near_[(address >> kNearLog2) % kNear];
  if (near != nullptr && near->range.contains(address)) return near;
  Segment* found = find_segment(address);
  if (found != nullptr) near = found;
  return found;
}

Marking::Segment* Marking::find_segment(std::uintptr_t address) const noexcept {
  auto* first = const_cast<Segment*>(segments_.begin());
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
  const bool in =
      address >= first->range.low &&
      (address < first->range.high || (first->kind == Kind::block && address == first->range.high));
  return in ? first : nullptr;
}

std::uint32_t Marking::stack_at(const Segment& arena, std::uintptr_t address) const noexcept {
  return arena.stacks[(address - arena.range.low) >> arena.slot_log2];
}

void Marking::add_stack(std::uint32_t number, std::uintptr_t slot,
                        const StackMemory& memory) noexcept {
  stacks_[number].memory = memory;
  Segment* segment = segment_of(slot);
  if (segment == nullptr || segment->kind != Kind::arena) return;
  segment->stacks[(slot - segment->range.low) >> segment->slot_log2] = number + 1;
}

void Marking::add_hidden(std::uint32_t number, Range memory) noexcept {
  stacks_[number].memory.whole = memory;
}

void Marking::skip(std::uintptr_t address) noexcept {
  Segment* segment = segment_of(address);
  if (segment == nullptr) return;
  if (segment->kind == Kind::block) segment->reached = true;
  if (segment->kind != Kind::heap) return;
  if (const std::uintptr_t start = segment->blocks->find(address); start != 0) {
    segment->blocks->reach(start);
  }
}

std::uint32_t& Marking::bucket(std::uintptr_t part) noexcept {
  const std::uint64_t hash = std::uint64_t{part} * 0x9e3779b97f4a7c15u;
  return buckets_[(hash >> 32) & bucket_mask_];
}

bool Marking::watch(std::uint32_t object, std::uintptr_t address) noexcept {
  Segment* segment = segment_of(address);
  std::uintptr_t part = 0;
  if (segment != nullptr && segment->kind == Kind::heap) {
    part = segment->blocks->find(address);
    if (part != 0) segment->blocks->watch(part);
  } else if (segment != nullptr && segment->kind == Kind::block) {
    part = segment->range.low;
    segment->watched = true;
  } else if (segment != nullptr) {
    const std::uint32_t number = stack_at(*segment, address);
    if (number != 0) {
      part = reinterpret_cast<std::uintptr_t>(&stacks_[number - 1]);
      stacks_[number - 1].watched = true;
    }
  }
  if (part == 0) return found_.push(object);
  std::uint32_t& first = bucket(part);
  if (!watched_.push({part, object, first})) return false;
  first = static_cast<std::uint32_t>(watched_.size());
  return true;
}

void Marking::tell(std::uintptr_t part) noexcept {
  for (std::uint32_t i = bucket(part); i != 0; i = watched_[i - 1].next) {
    if (watched_[i - 1].part == part) found_.push(watched_[i - 1].object);
  }
}

void Marking::push(Range range) noexcept {
  if (!pending_.push(range)) failed_ = true;
}

void Marking::reach_stack(std::uint32_t number) noexcept {
  Stack& stack = stacks_[number];
  if (stack.reached) return;
  stack.reached = true;
  if (undoing_) touch(reinterpret_cast<std::uintptr_t>(&stack));
  if (stack.memory.whole.size() > 0) push(stack.memory.whole);
  if (stack.watched) tell(reinterpret_cast<std::uintptr_t>(&stack));
  for (const void* word : stack.memory.extra) root_word(reinterpret_cast<std::uintptr_t>(word));
}

void Marking::decide(std::uintptr_t word, Segment& segment) noexcept {
  if (segment.kind == Kind::heap) {
    BlockMap& blocks = *segment.blocks;
    const std::uintptr_t start = blocks.reach_at(word);
    if (start == 0) return;
    if (undoing_) touch(start);
    push({start, segment.range.high | kUnread});
    if (blocks.watched(start)) tell(start);
  } else if (segment.kind == Kind::block) {
    if (segment.reached) return;
    segment.reached = true;
    if (undoing_) touch(segment.range.low);
    push(segment.range);
    if (segment.watched) tell(segment.range.low);
  } else if (const std::uint32_t number = stack_at(segment, word); number != 0) {
    if (stacks_[number - 1].memory.shared.contains(word)) reach_stack(number - 1);
  }
}

void Marking::root_word(std::uintptr_t word) noexcept {
  if (Segment* segment = segment_of(word)) decide(word, *segment);
}

// Which words are pointers is anybody's guess: collecting them takes no branch.
void Marking::look_at(Range range) noexcept {
  bytes_ += range.size();
  const std::uintptr_t low = all_.low, size = all_.size();
  const auto* at = reinterpret_cast<const std::uintptr_t*>((range.low + 7) & ~std::uintptr_t{7});
  const auto* end = reinterpret_cast<const std::uintptr_t*>(range.high & ~std::uintptr_t{7});
  while (at < end) {
    std::size_t count = word_count_;
    const auto room = static_cast<std::ptrdiff_t>(kWords - count);
    const auto* until = end - at < room ? end : at + room;
    while (at < until) {
      constexpr std::ptrdiff_t kLine = 8, kAhead = 64;  // words
      __builtin_prefetch(at + kAhead);
      for (const auto* line = until - at < kLine ? until : at + kLine; at < line; ++at) {
        const std::uintptr_t word = *at;
        words_[count] = word;
        count += word - low <= size ? 1 : 0;
      }
    }
    word_count_ = count;
    if (count > kWords / 2) decide_words();
  }
}

void Marking::decide_words() noexcept {
  Segment* segments[kWords];
  for (std::size_t i = 0; i < word_count_; ++i) {
    segments[i] = segment_of(words_[i]);
    if (segments[i] != nullptr && segments[i]->kind == Kind::heap) {
      segments[i]->blocks->expect(words_[i]);
    }
  }
  for (std::size_t i = 0; i < word_count_; ++i) {
    Segment* segment = segments[i];
    if (segment == nullptr) continue;
    if (segment->kind == Kind::heap && segment->blocks->reached(words_[i])) continue;
    decide(words_[i], *segment);
  }
  word_count_ = 0;
}

void Marking::root(Range range) noexcept {
  residency_.for_each_part(range, [this](std::uintptr_t low, std::uintptr_t high) {
    look_at({low, high});
  });
}

void Marking::add(std::uint32_t goroutine) { reach_stack(goroutine); }

// Takes the last one of the list for later, and gives the one that was taken kComing calls ago.
// Empty: there is none.
Range Marking::pop() noexcept {
  Range range;
  do {
    Range fresh;
    if (!pending_.empty()) {
      fresh = pending_.pop();
      const auto* first = reinterpret_cast<const char*>(fresh.low);
      __builtin_prefetch(first - kChunkHeader);
      __builtin_prefetch(first + 64);
      ++coming_count_;
    }
    range = std::exchange(coming_[next_coming_++ % kComing], fresh);
  } while (range.low == 0 && coming_count_ > 0);
  if (range.low == 0) return {};
  --coming_count_;
  if ((range.high & kUnread) != 0) {
    range.high = std::min(range.low + block_size(range.low), range.high - kUnread);
  }
  return range;
}

bool Marking::next(std::uint32_t& object) {
  while (found_.empty()) {
    const Range range = pop();
    if (range.low == 0) {
      decide_words();
      if (pending_.empty() && found_.empty()) return false;
    } else if (range.size() >= kLarge) {
      root(range);
    } else {
      look_at(range);
    }
  }
  object = found_.pop();
  return true;
}

void Marking::touch(std::uintptr_t part) noexcept {
  if (!touched_.push(part)) failed_ = true;
}

void Marking::undo() noexcept {
  undoing_ = false;
  while (!pending_.empty()) pending_.pop();
  for (Range& range : coming_) range = {};
  coming_count_ = 0;
  word_count_ = 0;
  while (!found_.empty()) found_.pop();
  while (!touched_.empty()) {
    const std::uintptr_t part = touched_.pop();
    auto* stack = reinterpret_cast<Stack*>(part);
    if (stack >= stacks_ && stack < stacks_ + stack_count_) {
      stack->reached = false;
    } else if (Segment* segment = segment_of(part); segment->kind == Kind::heap) {
      segment->blocks->forget(part);
    } else {
      segment->reached = false;
    }
  }
}

bool Marking::reached(std::uintptr_t address) const noexcept {
  const Segment* segment = segment_of(address);
  if (segment == nullptr) return true;
  if (segment->kind == Kind::block) return segment->reached;
  if (segment->kind == Kind::arena) {
    const std::uint32_t number = stack_at(*segment, address);
    return number == 0 || stacks_[number - 1].reached;
  }
  const std::uintptr_t start = segment->blocks->find(address);
  return start == 0 || segment->blocks->reached(start);
}

}  // namespace sluice::checked
