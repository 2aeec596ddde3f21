// What a scan of memory must find, to be believed: blocks of the heap that nothing refers to but
// the made-up stacks of goroutines that do not exist.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "debug/memory_map.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

// Goroutines that are not, each of which waits for an object in a block of the heap that nothing
// refers to. One is enough to see; a word that is left somewhere may hide one.
inline constexpr std::uint32_t kPlanted = 3;

class Planted {
 public:
  explicit Planted(Scratch& scratch) : words_(scratch.take<std::uintptr_t>(kPlanted)) {
    for (std::uint32_t i = 0; words_ != nullptr && i < kPlanted; ++i) {
      words_[i] = reinterpret_cast<std::uintptr_t>(std::malloc(kBytes));
    }
  }
  ~Planted() {
    for (std::uint32_t i = 0; words_ != nullptr && i < kPlanted; ++i) {
      std::free(reinterpret_cast<void*>(words_[i]));
    }
  }
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;
  bool ok() const {
    return words_ != nullptr &&
           std::all_of(words_, words_ + kPlanted, [](auto w) { return w != 0; });
  }
  std::uintptr_t object(std::uint32_t i) const { return words_[i]; }
  // What its goroutine's stack would be: it refers to the object.
  Range stack(std::uint32_t i) const {
    const auto low = reinterpret_cast<std::uintptr_t>(&words_[i]);
    return {low, low + sizeof *words_};
  }

 private:
  static constexpr std::size_t kBytes = 56;
  std::uintptr_t* words_;
};

}  // namespace sluice::checked
