#include "debug/marker.hpp"

#include <algorithm>
#include <utility>

#include "debug/heap_blocks.hpp"

namespace sluice::checked {
namespace {

// Larger pieces are cut, as some of them may never have been touched.
constexpr std::uintptr_t kLarge = 256 * 1024;
constexpr std::uintptr_t kCut = 128 * 1024;
// Added to the end of the heap that a block is in, which stands for its own as long as its size has
// not been read.
constexpr std::uintptr_t kUnread = 1;
// Who has less keeps it.
constexpr std::size_t kWorthSharing = 32;

}  // namespace

void Marker::keep(Range range) noexcept {
  parts_.for_each_piece(range, kCut, [this](std::uintptr_t low, std::uintptr_t high) {
    if (!pieces_.push({low, high})) failed_ = true;
  });
}

void Marker::reached(std::uintptr_t part, bool watched, Range piece) noexcept {
  if (touched_ != nullptr && !touched_->push(part)) failed_ = true;
  if (piece.low < piece.high && !pieces_.push(piece)) failed_ = true;
  if (!watched) return;
  parts_.for_each_watched(part, [this](std::uint32_t object) {
    if (!found_.push(object)) failed_ = true;
  });
}

void Marker::reach_stack(std::uint32_t number) noexcept {
  StackPart& stack = parts_.stack(number);
  if (!reach_first(stack.reached)) return;
  reached(reinterpret_cast<std::uintptr_t>(&stack), stack.watched, stack.memory.whole);
  for (const void* word : stack.memory.extra) reach(reinterpret_cast<std::uintptr_t>(word));
}

inline void Marker::decide(std::uintptr_t word, MemorySegment& segment) noexcept {
  if (segment.kind == MemorySegment::Kind::heap) {
    BlockMap& blocks = *segment.blocks;
    const std::uintptr_t start = blocks.reach_at(word);
    if (start != 0) reached(start, blocks.watched(start), {start, segment.range.high | kUnread});
  } else if (segment.kind == MemorySegment::Kind::block) {
    if (reach_first(segment.reached)) reached(segment.range.low, segment.watched, segment.range);
  } else if (const std::uint32_t number = MemoryParts::stack_at(segment, word); number != 0) {
    if (parts_.stack(number - 1).memory.shared.contains(word)) reach_stack(number - 1);
  }
}

void Marker::reach(std::uintptr_t word) noexcept {
  if (MemorySegment* segment = parts_.segment_of(word, near_)) decide(word, *segment);
}

// Which words are pointers is anybody's guess: collecting them takes no branch.
void Marker::look_at(Range range) noexcept {
  bytes_ += range.size();
  const std::uintptr_t low = parts_.all().low, size = parts_.all().size();
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

void Marker::decide_words() noexcept {
  MemorySegment* segments[kWords];
  for (std::size_t i = 0; i < word_count_; ++i) {
    segments[i] = parts_.segment_of(words_[i], near_);
    if (segments[i] != nullptr && segments[i]->kind == MemorySegment::Kind::heap) {
      segments[i]->blocks->expect(words_[i]);
    }
  }
  for (std::size_t i = 0; i < word_count_; ++i) {
    MemorySegment* segment = segments[i];
    if (segment == nullptr) continue;
    if (segment->kind == MemorySegment::Kind::heap && segment->blocks->reached(words_[i])) continue;
    decide(words_[i], *segment);
  }
  word_count_ = 0;
}

// Takes the last one of the list for later, and gives the one that was taken kComing calls ago.
// Empty: there is none.
Range Marker::next_piece() noexcept {
  Range range;
  do {
    Range fresh;
    if (!pieces_.empty()) {
      fresh = pieces_.pop();
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

bool Marker::step() noexcept {
  if (pieces_.size() >= kWorthSharing && touched_ == nullptr && pool_.wanted()) {
    pool_.give(pieces_);
  }
  const Range piece = next_piece();
  if (piece.low == 0) {
    if (word_count_ == 0) return false;
    decide_words();
  } else if (piece.size() >= kLarge) {
    keep(piece);
  } else {
    look_at(piece);
  }
  return true;
}

void Marker::undo_trial() noexcept {
  while (!pieces_.empty()) pieces_.pop();
  for (Range& range : coming_) range = {};
  coming_count_ = 0;
  word_count_ = 0;
  while (!found_.empty()) found_.pop();
  while (!touched_->empty()) parts_.forget(touched_->pop());
  touched_ = nullptr;
  bytes_ = bytes_before_;
}

}  // namespace sluice::checked
