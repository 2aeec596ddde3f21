// Where the blocks of one stretch of heap begin, and which of them have been reached. A few bits
// for each 16 bytes; knows nothing of allocators.
#pragma once

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
    starts_ = scratch.take<std::uint64_t>(words_);
    reached_ = scratch.take<std::uint64_t>(words_);
    watched_ = scratch.take<std::uint64_t>(words_);
    summary_ = scratch.take<std::uint64_t>(words_ / 64 + 1);
    return starts_ != nullptr && reached_ != nullptr && watched_ != nullptr && summary_ != nullptr;
  }
  const Range& range() const noexcept { return range_; }

  void add(std::uintptr_t start) noexcept {
    const std::size_t bit = bit_of(start);
    starts_[bit / 64] |= std::uint64_t{1} << bit % 64;
    summary_[bit / 4096] |= std::uint64_t{1} << bit / 64 % 64;
  }
  bool is_start(std::uintptr_t start) const noexcept {
    return start % 16 == 0 && range_.contains(start) && get(starts_, start);
  }

  // The start of the block that the address belongs to; 0: none.
  std::uintptr_t find(std::uintptr_t address) const noexcept {
    const std::size_t bit = bit_of(address);
    std::size_t word = bit / 64;
    std::uint64_t bits = starts_[word] & (~std::uint64_t{0} >> (63 - bit % 64));
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
      bits = starts_[word];
    }
    const std::size_t found = word * 64 + 63 - static_cast<std::size_t>(std::countl_zero(bits));
    return range_.low + (found << kGrainLog2);
  }

  // True the first time.
  bool reach(std::uintptr_t start) noexcept {
    const std::size_t bit = bit_of(start);
    const std::uint64_t mask = std::uint64_t{1} << bit % 64;
    if ((reached_[bit / 64] & mask) != 0) return false;
    reached_[bit / 64] |= mask;
    return true;
  }
  void forget(std::uintptr_t start) noexcept {
    const std::size_t bit = bit_of(start);
    reached_[bit / 64] &= ~(std::uint64_t{1} << bit % 64);
  }
  bool reached(std::uintptr_t start) const noexcept { return get(reached_, start); }
  // Somebody wants to be told when it is reached.
  void watch(std::uintptr_t start) noexcept {
    const std::size_t bit = bit_of(start);
    watched_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
  bool watched(std::uintptr_t start) const noexcept { return get(watched_, start); }

 private:
  std::size_t bit_of(std::uintptr_t address) const noexcept {
    return (address - range_.low) >> kGrainLog2;
  }
  bool get(const std::uint64_t* bits, std::uintptr_t start) const noexcept {
    const std::size_t bit = bit_of(start);
    return (bits[bit / 64] >> bit % 64 & 1) != 0;
  }

  Range range_;
  std::size_t words_ = 0;
  std::uint64_t* starts_ = nullptr;
  std::uint64_t* reached_ = nullptr;
  std::uint64_t* watched_ = nullptr;
  std::uint64_t* summary_ = nullptr;  // which words of starts_ are not zero
};

}  // namespace sluice::checked
