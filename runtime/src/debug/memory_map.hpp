// What memory the process has, as the kernel tells in /proc/self/maps. Knows nothing of what is in
// it. Everything here may be used while other threads are stopped anywhere.
#pragma once

#include <cstdint>
#include <string_view>

#include "debug/scratch.hpp"

namespace sluice::checked {

struct Range {
  std::uintptr_t low = 0;
  std::uintptr_t high = 0;

  std::uintptr_t size() const noexcept { return high - low; }
  bool contains(std::uintptr_t address) const noexcept { return address >= low && address < high; }
};

struct Mapping : Range {
  // special: the kernel's own (vdso), or a device: not to be read.
  enum class Kind : std::uint8_t { anonymous, heap, stack, file, special };
  Kind kind = Kind::anonymous;
  bool readable = false;
  bool writable = false;
  bool shared = false;
};

// One line of the file. False: it is none.
bool parse_mapping(std::string_view line, Mapping& mapping) noexcept;

// All of them, in the order of their addresses. False: they can't be read.
bool read_mappings(Scratch& scratch, ScratchList<Mapping>& mappings) noexcept;

// What of it is in memory now; 0 if the kernel does not tell.
std::size_t resident_bytes() noexcept;

// Calls visit(low, high) for the parts of `range` that have contents of their own: of memory that
// was never touched the kernel need not be asked for pages. All of it, if the kernel does not tell.
class Residency {
 public:
  explicit Residency(Scratch& scratch) noexcept;
  ~Residency();
  Residency(const Residency&) = delete;
  Residency& operator=(const Residency&) = delete;

  template <class Visit>
  void for_each_part(Range range, Visit visit) noexcept {
    for (std::uintptr_t at = range.low; at < range.high;) {
      Range part;
      if (!next_part(at, range.high, part)) return;
      visit(part.low, part.high);
      at = part.high;
    }
  }

 private:
  bool next_part(std::uintptr_t from, std::uintptr_t end, Range& part) noexcept;
  bool resident(std::uintptr_t page, std::uintptr_t end) noexcept;

  int file_ = -1;
  std::uint64_t* entries_ = nullptr;
  std::uintptr_t first_ = 0;  // number of the page that entries_[0] tells of
  std::size_t count_ = 0;
};

}  // namespace sluice::checked
