// Where the blocks of one stretch of heap begin, and which of them have been reached. A few bits
// for each 16 bytes; knows nothing of allocators. Several threads may reach blocks at once.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

#include "debug/memory_map.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

// An address belongs to the last block that begins at or before it: a pointer to the end of a block
// still refers to that one, as the next begins behind a header.
class BlockMap {
 public:
  static constexpr unsigned kGrainLog2 = 4;

  // `range` begins at a multiple of 16. False: no room.
  bool init(Scratch& scratch, Range range) noexcept {
    range_ = range;
    words_ = ((range.size() >> kGrainLog2) + 63) / 64 + 1;
    marks_ = scratch.take<Marks>(words_);
    watched_ = scratch.take<std::uint64_t>(words_);
    any_watched_ = scratch.take<std::uint64_t>(words_ / 64 / kWatchedWords + 1);
    summary_ = scratch.take<std::uint64_t>(words_ / 64 + 1);
    return marks_ != nullptr && watched_ != nullptr && any_watched_ != nullptr &&
           summary_ != nullptr;
  }
  const Range& range() const noexcept { return range_; }

  void add(std::uintptr_t start) noexcept {
    const std::size_t bit = bit_of(start);
    marks_[bit / 64].starts |= std::uint64_t{1} << bit % 64;
    summary_[bit / 4096] |= std::uint64_t{1} << bit / 64 % 64;
  }
  bool is_start(std::uintptr_t start) const noexcept {
    if (start % 16 != 0 || !range_.contains(start)) return false;
    const std::size_t bit = bit_of(start);
    return (marks_[bit / 64].starts >> bit % 64 & 1) != 0;
  }

  // The start of the block that the address belongs to; 0: none.
  std::uintptr_t find(std::uintptr_t address) const noexcept {
    const std::size_t bit = bit_of(address);
    std::size_t word = bit / 64;
    std::uint64_t bits = marks_[word].starts & (~std::uint64_t{0} >> (63 - bit % 64));
    if (bits == 0) {
      // The summary says which word before this one has any.
      std::size_t group = word / 64;
      const std::size_t in = word % 64;
      std::uint64_t words = in == 0 ? 0 : summary_[group] & (~std::uint64_t{0} >> (64 - in));
      while (words == 0) {
        if (group == 0) return 0;
        words = summary_[--group];
      }
      word = group * 64 + 63 - static_cast<std::size_t>(std::countl_zero(words));
      bits = marks_[word].starts;
    }
    const std::size_t found = word * 64 + 63 - static_cast<std::size_t>(std::countl_zero(bits));
    return range_.low + (found << kGrainLog2);
  }

  // Asks memory for what the next question about `address` needs.
  void expect(std::uintptr_t address) const noexcept {
    __builtin_prefetch(&marks_[bit_of(address) / 64]);
  }
  // The start of the block that the address belongs to, if that is reached for the first time;
  // else 0.
  std::uintptr_t reach_at(std::uintptr_t address) noexcept {
    // Most pointers point to where a block begins, and most blocks have been reached already.
    if (reached(address)) return 0;
    const std::uintptr_t start = find(address);
    return start != 0 && reach(start) ? start : 0;
  }

  // True for whoever is first.
  bool reach(std::uintptr_t start) noexcept {
    const std::size_t bit = bit_of(start);
    const std::uint64_t mask = std::uint64_t{1} << bit % 64;
    const std::atomic_ref word(marks_[bit / 64].reached);
    if ((word.load(std::memory_order_relaxed) & mask) != 0) return false;
    return (word.fetch_or(mask, std::memory_order_relaxed) & mask) == 0;
  }
  void forget(std::uintptr_t start) noexcept {
    const std::size_t bit = bit_of(start);
    marks_[bit / 64].reached &= ~(std::uint64_t{1} << bit % 64);
  }
  bool reached(std::uintptr_t start) const noexcept {
    const std::size_t bit = bit_of(start);
    const std::atomic_ref word(marks_[bit / 64].reached);
    return (word.load(std::memory_order_relaxed) >> bit % 64 & 1) != 0;
  }
  // Somebody wants to be told when it is reached.
  void watch(std::uintptr_t start) noexcept {
    const std::size_t bit = bit_of(start), group = bit / 64 / kWatchedWords;
    watched_[bit / 64] |= std::uint64_t{1} << bit % 64;
    any_watched_[group / 64] |= std::uint64_t{1} << group % 64;
  }
  bool watched(std::uintptr_t start) const noexcept {
    const std::size_t bit = bit_of(start), group = bit / 64 / kWatchedWords;
    if ((any_watched_[group / 64] >> group % 64 & 1) == 0) return false;
    return (watched_[bit / 64] >> bit % 64 & 1) != 0;
  }

 private:
  // Side by side, as who asks for one asks for the other.
  struct Marks {
    std::uint64_t starts;
    std::uint64_t reached;
  };
  static constexpr std::size_t kWatchedWords = 4;  // of watched_, for a bit of any_watched_

  std::size_t bit_of(std::uintptr_t address) const noexcept {
    return (address - range_.low) >> kGrainLog2;
  }

  Range range_;
  std::size_t words_ = 0;
  Marks* marks_ = nullptr;
  std::uint64_t* watched_ = nullptr;
  std::uint64_t* any_watched_ = nullptr;
  std::uint64_t* summary_ = nullptr;  // which words of starts are not zero
};

}  // namespace sluice::checked
