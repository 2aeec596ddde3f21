#include "debug/held_set.hpp"

namespace sluice::checked {

using detail::LockTrail;

namespace {

constexpr std::uint32_t kFirst = 8;

void copy(const HeldLock& from, HeldLock& to) noexcept {
  to.what.store(from.what.load(std::memory_order_relaxed), std::memory_order_relaxed);
  to.tag = from.tag;
  to.settled = from.settled;
  to.spawned_under.store(from.spawned_under.load(std::memory_order_relaxed),
                         std::memory_order_relaxed);
  to.told = from.told;
  to.serial = from.serial;
  to.plain = false;
  to.stack = from.stack;
  to.hash = 0;  // others are below it now
  to.order = nullptr;
  to.site = from.site;
}

std::uint64_t hash_of(std::uint64_t what) noexcept {
  const std::uint64_t h = (what + 1) * 0x9e3779b97f4a7c15u;
  return h ^ h >> 29;
}

}  // namespace

void HeldSet::grow() {
  const std::uint32_t before = trail_->capacity - LockTrail::kInPlace;
  const std::uint32_t wanted = before == 0 ? kFirst : before * 2;
  auto block = std::make_unique<HeldLock[]>(wanted);
  for (std::uint32_t i = 0; i < before; ++i) copy(trail_->at(LockTrail::kInPlace + i), block[i]);
  trail_->others.store(block.get(), std::memory_order_release);
  blocks_.push_back(std::move(block));
  trail_->capacity = LockTrail::kInPlace + wanted;
}

void HeldSet::close_gap(std::uint32_t gap) noexcept {
  for (std::uint32_t i = gap; i + 1 < size(); ++i) copy(trail_->at(i + 1), trail_->at(i));
}

std::uint64_t HeldSet::add_up() noexcept {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < size(); ++i) {
    sum += hash_of(trail_->at(i).what.load(std::memory_order_relaxed));
    trail_->at(i).hash = sum;
  }
  return sum;
}

}  // namespace sluice::checked
