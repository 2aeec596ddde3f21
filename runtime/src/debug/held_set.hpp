// The locks that one goroutine holds, in the order in which it took them. Kept with the goroutine,
// never with the thread: a goroutine may lock on one thread and unlock on another.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "debug/object_table.hpp"
#include "debug/stack_trace.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::checked {

struct HeldLock {
  // Written by the holder; read by others too, while the holder may be changing its set, so that
  // they must ask the holder's epoch again afterwards.
  std::atomic<ObjectId> object{kNoObject};
  std::atomic<detail::AccessMode> mode{detail::AccessMode::none};
  std::atomic<bool> spawned_under{false};  // goroutines were started while it was held
  std::uint32_t told = 0;                  // how often its holder had told others something
  std::uint32_t sent = 0;                  // and of that, started or sent to one
  std::uint32_t serial = 0;                // which acquisition of its holder it is
  StackId stack = kNoStack;                // the whole stack, at level `full` only
  Site site;
};

// One writer, the goroutine. Memory that has once held locks is never given back, because another
// thread may read.
class HeldSet {
 public:
  HeldSet() = default;
  HeldSet(const HeldSet&) = delete;

  std::uint32_t size() const noexcept { return size_.load(std::memory_order_acquire); }
  bool empty() const noexcept { return size_.load(std::memory_order_relaxed) == 0; }
  HeldLock& operator[](std::uint32_t i) noexcept {
    return data_.load(std::memory_order_acquire)[i];
  }

  // The entry of a lock that is held now; its object and mode are set.
  HeldLock& push(ObjectId object, detail::AccessMode mode) {
    const std::uint32_t size = size_.load(std::memory_order_relaxed);
    if (size == capacity_) grow();
    HeldLock& entry = data_.load(std::memory_order_relaxed)[size];
    entry.object.store(object, std::memory_order_relaxed);
    entry.mode.store(mode, std::memory_order_relaxed);
    entry.spawned_under.store(false, std::memory_order_relaxed);
    entry.told = told_;
    entry.sent = sent_;
    entry.serial = ++next_serial_;
    entry.stack = kNoStack;
    hash_ += hash_of(object, mode);
    size_.store(size + 1, std::memory_order_release);
    return entry;
  }

  // The one taken last; null when it is not held (in that mode, if one is given).
  HeldLock* find(ObjectId object, detail::AccessMode mode = detail::AccessMode::none) noexcept {
    HeldLock* data = data_.load(std::memory_order_relaxed);
    for (std::uint32_t i = size_.load(std::memory_order_relaxed); i-- > 0;) {
      if (data[i].object.load(std::memory_order_relaxed) != object) continue;
      if (mode == detail::AccessMode::none ||
          data[i].mode.load(std::memory_order_relaxed) == mode) {
        return &data[i];
      }
    }
    return nullptr;
  }

  void remove(HeldLock& entry) noexcept {
    HeldLock* data = data_.load(std::memory_order_relaxed);
    const std::uint32_t size = size_.load(std::memory_order_relaxed);
    hash_ -= hash_of(entry.object.load(std::memory_order_relaxed),
                     entry.mode.load(std::memory_order_relaxed));
    if (&entry != &data[size - 1]) close_gap(static_cast<std::uint32_t>(&entry - data));
    size_.store(size - 1, std::memory_order_release);
    tells();
  }
  void clear() noexcept;

  // The goroutine does something that another may act on: starts it, sends to it, frees a lock that
  // it waits for.
  void tells() noexcept { ++told_; }
  void sends() noexcept {
    ++told_;
    ++sent_;
  }
  // Whether others may have been told of the lock since it was taken, and so may be about to free
  // it. Before that nobody can know that it is locked at all.
  bool may_be_handed_on(const HeldLock& held) const noexcept { return held.told != told_; }
  // The same of a holder that has ended. One that says that it is done, or closes, or frees another
  // lock on its way out passes no duty on; that takes a message or a new goroutine.
  bool may_be_left_to_others(const HeldLock& held) const noexcept { return held.sent != sent_; }

  // The same for equal sets, whatever the order in which the locks were taken.
  std::uint64_t hash() const noexcept { return hash_; }

 private:
  static std::uint64_t hash_of(ObjectId object, detail::AccessMode mode) noexcept {
    std::uint64_t h = (std::uint64_t{object} << 8 | static_cast<std::uint64_t>(mode)) + 1;
    h *= 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
  }
  void grow();
  void close_gap(std::uint32_t at) noexcept;

  std::atomic<std::uint32_t> size_{0};
  std::uint32_t capacity_ = 0;
  std::uint32_t next_serial_ = 0;
  std::uint32_t told_ = 0;
  std::uint32_t sent_ = 0;
  std::uint64_t hash_ = 0;
  std::atomic<HeldLock*> data_{nullptr};
  std::vector<std::unique_ptr<HeldLock[]>> blocks_;  // the last one is in use
};

}  // namespace sluice::checked
