#include "debug/held_set.hpp"

namespace sluice::checked {
namespace {

constexpr std::uint32_t kFirst = 8;

void copy(const HeldLock& from, HeldLock& to) noexcept {
  to.object.store(from.object.load(std::memory_order_relaxed), std::memory_order_relaxed);
  to.mode.store(from.mode.load(std::memory_order_relaxed), std::memory_order_relaxed);
  to.spawned_under.store(from.spawned_under.load(std::memory_order_relaxed),
                         std::memory_order_relaxed);
  to.told = from.told;
  to.sent = from.sent;
  to.serial = from.serial;
  to.stack = from.stack;
  to.site = from.site;
}

}  // namespace

void HeldSet::grow() {
  const std::uint32_t capacity = capacity_ == 0 ? kFirst : capacity_ * 2;
  auto block = std::make_unique<HeldLock[]>(capacity);
  const std::uint32_t size = size_.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < size; ++i) copy((*this)[i], block[i]);
  data_.store(block.get(), std::memory_order_release);
  blocks_.push_back(std::move(block));
  capacity_ = capacity;
}

void HeldSet::close_gap(std::uint32_t at) noexcept {
  HeldLock* data = data_.load(std::memory_order_relaxed);
  for (std::uint32_t i = at; i + 1 < size_.load(std::memory_order_relaxed); ++i) {
    copy(data[i + 1], data[i]);
  }
}

void HeldSet::clear() noexcept {
  size_.store(0, std::memory_order_release);
  hash_ = 0;
}

}  // namespace sluice::checked
