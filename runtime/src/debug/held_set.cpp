#include "debug/held_set.hpp"

namespace sluice::checked {
namespace {

constexpr std::uint32_t kFirst = 8;

void copy(const HeldLock& from, HeldLock& to) noexcept {
  to.object.store(from.object.load(std::memory_order_relaxed), std::memory_order_relaxed);
  to.mode.store(from.mode.load(std::memory_order_relaxed), std::memory_order_relaxed);
  to.spawned_under = from.spawned_under;
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

HeldLock& HeldSet::push(ObjectId object, detail::AccessMode mode) {
  const std::uint32_t size = size_.load(std::memory_order_relaxed);
  if (size == capacity_) grow();
  HeldLock& entry = data_.load(std::memory_order_relaxed)[size];
  entry.object.store(object, std::memory_order_relaxed);
  entry.mode.store(mode, std::memory_order_relaxed);
  entry.spawned_under = false;
  entry.serial = ++next_serial_;
  entry.stack = kNoStack;
  hash_ += hash_of(object, mode);
  size_.store(size + 1, std::memory_order_release);
  return entry;
}

HeldLock* HeldSet::find(ObjectId object, detail::AccessMode mode) noexcept {
  HeldLock* data = data_.load(std::memory_order_relaxed);
  for (std::uint32_t i = size_.load(std::memory_order_relaxed); i-- > 0;) {
    if (data[i].object.load(std::memory_order_relaxed) != object) continue;
    if (mode == detail::AccessMode::none || data[i].mode.load(std::memory_order_relaxed) == mode) {
      return &data[i];
    }
  }
  return nullptr;
}

void HeldSet::remove(HeldLock& entry) noexcept {
  HeldLock* data = data_.load(std::memory_order_relaxed);
  const std::uint32_t size = size_.load(std::memory_order_relaxed);
  hash_ -= hash_of(entry.object.load(std::memory_order_relaxed),
                   entry.mode.load(std::memory_order_relaxed));
  const auto at = static_cast<std::uint32_t>(&entry - data);
  for (std::uint32_t i = at; i + 1 < size; ++i) copy(data[i + 1], data[i]);
  size_.store(size - 1, std::memory_order_release);
}

void HeldSet::clear() noexcept {
  size_.store(0, std::memory_order_release);
  hash_ = 0;
}

}  // namespace sluice::checked
