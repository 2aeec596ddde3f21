#include "debug/liveness.hpp"

namespace sluice::checked {
namespace {

// For each of `keys` (goroutines or objects) the sleepers that name it, as one array with offsets.
class Index {
 public:
  bool build(std::span<const Sleeping> goroutines, std::uint32_t keys,
             std::span<std::uint32_t> Sleeping::*names, Scratch& scratch) {
    offsets_ = scratch.take<std::uint32_t>(std::size_t{keys} + 2);
    std::size_t total = 0;
    for (const Sleeping& each : goroutines) total += (each.*names).size();
    sleepers_ = scratch.take<std::uint32_t>(total + 1);
    if (offsets_ == nullptr || sleepers_ == nullptr) return false;
    for (const Sleeping& each : goroutines) {
      for (const std::uint32_t key : each.*names) ++offsets_[key + 2];
    }
    for (std::uint32_t key = 0; key < keys; ++key) offsets_[key + 2] += offsets_[key + 1];
    for (std::uint32_t i = 0; i < goroutines.size(); ++i) {
      for (const std::uint32_t key : goroutines[i].*names) sleepers_[offsets_[key + 1]++] = i;
    }
    return true;
  }
  std::span<const std::uint32_t> of(std::uint32_t key) const {
    return {sleepers_ + offsets_[key], sleepers_ + offsets_[key + 1]};
  }

 private:
  std::uint32_t* offsets_ = nullptr;
  std::uint32_t* sleepers_ = nullptr;
};

}  // namespace

// Each goroutine and each object is looked at once: what a sleeper still lacks is counted down.
bool find_live(std::span<const Sleeping> goroutines, std::uint32_t objects, Reach& reach,
               Scratch& scratch, std::span<bool> live) {
  const auto count = static_cast<std::uint32_t>(goroutines.size());
  Index by_goroutine, by_object;
  auto* lacking = scratch.take<std::uint32_t>(count + 1);
  auto* reached = scratch.take<bool>(std::size_t{objects} + 1);
  ScratchList<std::uint32_t> fresh;
  if (lacking == nullptr || reached == nullptr || !fresh.reserve(scratch, count + 1) ||
      !by_goroutine.build(goroutines, count, &Sleeping::all_of, scratch) ||
      !by_object.build(goroutines, objects, &Sleeping::any_of, scratch)) {
    return false;
  }
  const auto wakes = [&](std::uint32_t i) {
    if (live[i]) return;
    live[i] = true;
    fresh.push(i);
  };
  // One lack for each goroutine that must go on first, and one for the objects together.
  for (std::uint32_t i = 0; i < count; ++i) {
    const Sleeping& each = goroutines[i];
    live[i] = false;
    lacking[i] = static_cast<std::uint32_t>(each.all_of.size()) + (each.any_of.empty() ? 0 : 1);
    if (each.awake || (lacking[i] == 0 && !each.never)) wakes(i);
  }
  const auto supply = [&](std::uint32_t i) {
    if (--lacking[i] == 0 && !goroutines[i].never) wakes(i);
  };
  auto* has_object = scratch.take<bool>(count + 1);
  if (has_object == nullptr) return false;
  for (;;) {
    while (!fresh.empty()) {
      const std::uint32_t i = fresh.pop();
      reach.add(i);
      for (const std::uint32_t sleeper : by_goroutine.of(i)) supply(sleeper);
    }
    std::uint32_t object = 0;
    if (!reach.next(object)) return true;
    if (reached[object]) continue;
    reached[object] = true;
    for (const std::uint32_t sleeper : by_object.of(object)) {
      if (has_object[sleeper]) continue;
      has_object[sleeper] = true;
      supply(sleeper);
    }
  }
}

}  // namespace sluice::checked
