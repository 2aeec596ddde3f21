// The locks that one goroutine holds, in the order in which it took them. Kept with the goroutine,
// never with the thread: a goroutine may lock on one thread and unlock on another.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "debug/object_table.hpp"
#include "debug/stack_trace.hpp"
#include "sluice/detail/lock_trail.hpp"

namespace sluice::checked {

using detail::HeldLock;
using detail::LastCall;

// One writer, the goroutine. Memory that has once held locks is never given back, because another
// thread may read.
class HeldSet {
 public:
  HeldSet() = default;
  HeldSet(const HeldSet&) = delete;

  // Where it is written down; set once, before it is used.
  void lay(detail::LockTrail& trail) noexcept { trail_ = &trail; }
  detail::LockTrail& trail() noexcept { return *trail_; }
  const detail::LockTrail& trail() const noexcept { return *trail_; }

  std::uint32_t size() const noexcept { return trail_->count.load(std::memory_order_acquire); }
  bool empty() const noexcept { return trail_->count.load(std::memory_order_relaxed) == 0; }
  HeldLock& operator[](std::uint32_t i) noexcept { return trail_->at(i); }

  // The entry of a lock that is held now. Its site and its stack are still those of another one.
  HeldLock& push(ObjectId object, detail::AccessMode mode, const ObjectRecord& record) {
    const std::uint32_t held = trail_->count.load(std::memory_order_relaxed);
    if (held == trail_->capacity) grow();
    HeldLock& entry = trail_->at(held);
    entry.what.store(HeldLock::what_of(object, mode), std::memory_order_relaxed);
    entry.tag = mode == detail::AccessMode::exclusive
                    ? detail::LockTag::both(object, trail_->number)
                    : HeldLock::kNoTag;
    entry.settled = mode == detail::AccessMode::shared ||
                    record.freed_by_holder.load(std::memory_order_relaxed);
    entry.serial = 0;
    entry.plain = false;
    entry.spawned_under.store(false, std::memory_order_relaxed);
    entry.told = trail_->told;
    entry.hash = 0;
    entry.order = nullptr;
    trail_->count.store(held + 1, std::memory_order_release);
    return entry;
  }

  // The one taken last; null when it is not held (in that mode, if one is given).
  HeldLock* find(ObjectId object, detail::AccessMode mode = detail::AccessMode::none) noexcept {
    for (std::uint32_t i = trail_->count.load(std::memory_order_relaxed); i-- > 0;) {
      HeldLock& entry = trail_->at(i);
      if (entry.object() != object) continue;
      if (mode == detail::AccessMode::none || entry.mode() == mode) return &entry;
    }
    return nullptr;
  }

  // Whether it was taken last of all.
  bool is_topmost(ObjectId object, detail::AccessMode mode) noexcept {
    const std::uint32_t held = trail_->count.load(std::memory_order_relaxed);
    return held != 0 && trail_->at(held - 1).what.load(std::memory_order_relaxed) ==
                            HeldLock::what_of(object, mode);
  }
  void pop() noexcept {
    trail_->count.store(trail_->count.load(std::memory_order_relaxed) - 1,
                        std::memory_order_release);
    tells();
  }

  void remove(HeldLock& entry) noexcept {
    std::uint32_t i = size() - 1;
    while (&trail_->at(i) != &entry) --i;
    close_gap(i);
    pop();
  }
  void clear() noexcept { trail_->count.store(0, std::memory_order_release); }
  // Who comes next is on another stack: nothing is what it was.
  void forget() noexcept {
    for (std::uint32_t i = 0; i < trail_->capacity; ++i) (*this)[i].site = {};
  }

  // Which of its holder's acquisitions it is, from 1.
  std::uint32_t serial(HeldLock& entry) noexcept {
    if (entry.serial == 0) entry.number(++last_serial_);
    return entry.serial;
  }

  // The goroutine does something that another may act on: starts it, sends to it, frees a lock that
  // it waits for. While it holds nothing that is all the same.
  void tells() noexcept {
    if (!empty()) ++trail_->told.in_all;
  }
  void sends() noexcept {
    if (empty()) return;
    ++trail_->told.in_all;
    ++trail_->told.sent;
  }
  // Whether others may have been told of the lock since it was taken, and so may be about to free
  // it. Before that nobody can know that it is locked at all.
  bool may_be_handed_on(const HeldLock& held) const noexcept {
    return !(held.told == trail_->told);
  }
  // The same of a holder that has ended. One that says that it is done, or closes, or frees another
  // lock on its way out passes no duty on; that takes a message or a new goroutine.
  bool may_be_left_to_others(const HeldLock& held) const noexcept {
    return held.told.sent != trail_->told.sent;
  }

  // The same for equal sets, whatever the order in which the locks were taken.
  std::uint64_t hash() noexcept {
    const std::uint32_t held = trail_->count.load(std::memory_order_relaxed);
    if (held == 0) return 0;
    const std::uint64_t known = trail_->at(held - 1).hash;
    return known != 0 ? known : add_up();
  }

 private:
  std::uint64_t add_up() noexcept;
  void grow();
  void close_gap(std::uint32_t at) noexcept;

  detail::LockTrail* trail_ = nullptr;
  std::uint32_t last_serial_ = 0;
  std::vector<std::unique_ptr<HeldLock[]>> blocks_;  // the last one is in use
};

}  // namespace sluice::checked
