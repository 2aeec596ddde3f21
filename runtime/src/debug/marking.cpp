#include "debug/marking.hpp"

namespace sluice::checked {

bool Marking::reserve(std::size_t segments, std::size_t stacks, std::size_t objects) noexcept {
  for (std::size_t i = 0; i <= helpers_; ++i) {
    if (!markers_[i].reserve_found(scratch_, objects)) return false;
  }
  return parts_.reserve(segments, stacks, objects);
}

// A list of pieces never holds more than one entry a block, or the cuts of one.
bool Marking::ready() noexcept {
  parts_.sort();
  if (!touched_.reserve(scratch_, 1 << 20)) return false;
  const std::size_t room = scratch_.left() / 2 / sizeof(Range) / (helpers_ + 2);
  for (std::size_t i = 0; i <= helpers_; ++i) {
    if (!markers_[i].reserve_pieces(scratch_, room)) return false;
  }
  return pool_.reserve(scratch_, room);
}

bool Marking::next(std::uint32_t& object) {
  while (leader().found().empty()) {
    if (leader().step() || pool_.take(leader().pieces())) continue;
    if (!pool_.done()) {
      base::pause();
      continue;
    }
    for (std::size_t i = 1; i <= helpers_; ++i) {
      ScratchList<std::uint32_t>& found = markers_[i].found();
      while (!found.empty()) leader().found().push(found.pop());
    }
    if (leader().found().empty()) return false;
  }
  object = leader().found().pop();
  return true;
}

void Marking::help(std::size_t which) noexcept {
  Marker& marker = markers_[1 + which];
  while (pool_.wait(marker.pieces())) {
    do {
      while (marker.step()) {
      }
    } while (pool_.take(marker.pieces()));
    pool_.finished();
  }
}

bool Marking::failed() const noexcept {
  for (const Marker& marker : markers_) {
    if (marker.failed()) return true;
  }
  return false;
}

std::size_t Marking::bytes() const noexcept {
  std::size_t bytes = 0;
  for (const Marker& marker : markers_) bytes += marker.bytes();
  return bytes;
}

}  // namespace sluice::checked
