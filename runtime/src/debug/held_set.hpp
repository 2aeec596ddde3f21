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

// Written by the holder; `what` is read by others too, while the holder may be changing its set, so
// that they must ask the holder's epoch again afterwards. An entry keeps what it says when its lock
// is freed: who takes the same lock at the same place again has nothing to write.
struct HeldLock {
  std::atomic<std::uint64_t> what{0};  // the object, and the mode above it
  ObjectRecord* record = nullptr;      // of the object
  std::uint32_t serial = 0;            // which acquisition of its holder it is; 0: not yet asked
  std::atomic<bool> spawned_under{false};  // goroutines were started while it was held
  std::uint32_t told = 0;                  // how often its holder had told others something
  std::uint32_t sent = 0;                  // and of that, started or sent to one
  StackId stack = kNoStack;                // the whole stack, at level `full` only
  std::uint64_t hash = 0;                  // of the locks up to this one; 0: not yet asked
  Site site;

  // Whether it would say the same if the lock were taken at that place now, but for its hash.
  bool is(std::uint64_t lock, const void* pc, const void* frame) const noexcept {
    return what.load(std::memory_order_relaxed) == lock && serial == 0 &&
           !spawned_under.load(std::memory_order_relaxed) && site.is(pc, frame);
  }

  ObjectId object() const noexcept {
    return static_cast<ObjectId>(what.load(std::memory_order_relaxed));
  }
  detail::AccessMode mode() const noexcept {
    return static_cast<detail::AccessMode>(what.load(std::memory_order_relaxed) >> 32);
  }
  static std::uint64_t what_of(ObjectId object, detail::AccessMode mode) noexcept {
    return object | static_cast<std::uint64_t>(mode) << 32;
  }
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

  // The entry of a lock that is held now. Its site and its stack are still those of another one.
  HeldLock& push(ObjectId object, detail::AccessMode mode, ObjectRecord& record) {
    const std::uint32_t size = size_.load(std::memory_order_relaxed);
    if (size == capacity_) grow();
    HeldLock& entry = data_.load(std::memory_order_relaxed)[size];
    entry.what.store(HeldLock::what_of(object, mode), std::memory_order_relaxed);
    entry.record = &record;
    entry.serial = 0;
    entry.spawned_under.store(false, std::memory_order_relaxed);
    entry.told = told_;
    entry.sent = sent_;
    entry.hash = 0;
    size_.store(size + 1, std::memory_order_release);
    return entry;
  }

  // The entry that the next lock will have, as the last one there left it; null: there is none yet.
  // And that its lock has been taken once more.
  HeldLock* next() noexcept {
    const std::uint32_t size = size_.load(std::memory_order_relaxed);
    return size < capacity_ ? &data_.load(std::memory_order_relaxed)[size] : nullptr;
  }
  void push_again(HeldLock& entry) noexcept {
    const std::uint32_t size = size_.load(std::memory_order_relaxed);
    if (size > 0) entry.hash = 0;
    if (entry.told != told_) entry.told = told_;
    if (entry.sent != sent_) entry.sent = sent_;
    size_.store(size + 1, std::memory_order_release);
  }
  // The hash, if it is known already; else 0.
  std::uint64_t known_hash() const noexcept {
    const std::uint32_t size = size_.load(std::memory_order_relaxed);
    return size > 0 ? data_.load(std::memory_order_relaxed)[size - 1].hash : 0;
  }

  // The one taken last; null when it is not held (in that mode, if one is given).
  HeldLock* find(ObjectId object, detail::AccessMode mode = detail::AccessMode::none) noexcept {
    HeldLock* data = data_.load(std::memory_order_relaxed);
    for (std::uint32_t i = size_.load(std::memory_order_relaxed); i-- > 0;) {
      if (data[i].object() != object) continue;
      if (mode == detail::AccessMode::none || data[i].mode() == mode) return &data[i];
    }
    return nullptr;
  }

  // The one that was taken last of all, if it is this, and that it is held no more.
  HeldLock* last(ObjectId object, detail::AccessMode mode) noexcept {
    const std::uint32_t size = size_.load(std::memory_order_relaxed);
    if (size == 0) return nullptr;
    HeldLock& entry = data_.load(std::memory_order_relaxed)[size - 1];
    const std::uint64_t what = HeldLock::what_of(object, mode);
    return entry.what.load(std::memory_order_relaxed) == what ? &entry : nullptr;
  }
  void pop() noexcept {
    size_.store(size_.load(std::memory_order_relaxed) - 1, std::memory_order_release);
    tells();
  }

  void remove(HeldLock& entry) noexcept {
    HeldLock* data = data_.load(std::memory_order_relaxed);
    if (&entry != &data[size() - 1]) close_gap(static_cast<std::uint32_t>(&entry - data));
    pop();
  }
  void clear() noexcept { size_.store(0, std::memory_order_release); }
  // Who comes next is on another stack: nothing is what it was.
  void forget() noexcept {
    for (std::uint32_t i = 0; i < capacity_; ++i) (*this)[i].site = {};
  }

  // Which of its holder's acquisitions it is, from 1.
  std::uint32_t serial(HeldLock& entry) noexcept {
    if (entry.serial == 0) entry.serial = ++last_serial_;
    return entry.serial;
  }

  // The goroutine does something that another may act on: starts it, sends to it, frees a lock that
  // it waits for. While it holds nothing that is all the same.
  void tells() noexcept {
    if (!empty()) ++told_;
  }
  void sends() noexcept {
    if (empty()) return;
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
  std::uint64_t hash() noexcept {
    const std::uint32_t size = size_.load(std::memory_order_relaxed);
    if (size == 0) return 0;
    const std::uint64_t known = data_.load(std::memory_order_relaxed)[size - 1].hash;
    return known != 0 ? known : add_up();
  }

 private:
  std::uint64_t add_up() noexcept;
  void grow();
  void close_gap(std::uint32_t at) noexcept;

  std::atomic<std::uint32_t> size_{0};
  std::uint32_t capacity_ = 0;
  std::uint32_t last_serial_ = 0;
  std::uint32_t told_ = 0;
  std::uint32_t sent_ = 0;
  std::atomic<HeldLock*> data_{nullptr};
  std::vector<std::unique_ptr<HeldLock[]>> blocks_;  // the last one is in use
};

}  // namespace sluice::checked
