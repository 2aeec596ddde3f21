#include "debug/held_set.hpp"

namespace sluice::checked {
namespace {

constexpr std::uint32_t kFirst = 8;

void copy(const HeldLock& from, HeldLock& to) noexcept {
  to.what.store(from.what.load(std::memory_order_relaxed), std::memory_order_relaxed);
  to.record = from.record;
  to.spawned_under.store(from.spawned_under.load(std::memory_order_relaxed),
                         std::memory_order_relaxed);
  to.told = from.told;
  to.sent = from.sent;
  to.serial = from.serial;
  to.stack = from.stack;
  to.hash = 0;  // others are below it now
  to.site = from.site;
}

std::uint64_t hash_of(std::uint64_t what) noexcept {
  const std::uint64_t h = (what + 1) * 0x9e3779b97f4a7c15u;
  return h ^ h >> 29;
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

std::uint64_t HeldSet::add_up() noexcept {
  HeldLock* data = data_.load(std::memory_order_relaxed);
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < size(); ++i) {
    sum += hash_of(data[i].what.load(std::memory_order_relaxed));
    data[i].hash = sum;
  }
  return sum;
}

}  // namespace sluice::checked
