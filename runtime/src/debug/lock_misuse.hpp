// What one goroutine does wrong with one lock: ends while it holds it (SL120), for whom others then
// wait (SL203); and an unlock by another goroutine (SL121, a note) or the end of a locked lock
// (SL122).
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/thread_mutex.hpp"
#include "debug/snapshot.hpp"

namespace sluice::checked {

// A goroutine that is gone and can free its lock no more.
struct EndedHolder {
  Identity who;
  HeldInfo held;
  LastCall last;
  ObjectInfo last_object;
  std::int64_t ended = 0;  // since the start
  bool goexit = false;
  std::string exception = {};  // that it was left by; empty: none
  // It had started goroutines, or told others something, while it held the lock: they may be the
  // ones that are to free it.
  bool handed_on = false;
  std::uint64_t report = 0;  // its number, once it has been told of
};

class LockMisuse {
 public:
  explicit LockMisuse(Books& books) : books_(books) {}

  // `actor` frees `object` and does not hold it. `tell` unless that has been told in another way.
  void released_by_other(const detail::Event& event, ActorState& actor, ObjectId object, bool tell);
  // `actor` ends; it holds at least one lock.
  void ended_holding(const detail::Event& event, ActorState& actor);
  // `actor` has just been marked as parked on `object`; SL203 if its holder has ended.
  void parked_on_orphan(const detail::Event& event, ActorState& actor, ObjectId object);
  // Main has returned and nobody moves any more: what is locked now stays so.
  void run_ended();
  void destroyed_in_use(const detail::Event& event, ObjectId object);
  void destroyed(ObjectId object);

  // Who ended while it held `object`, if somebody did and nobody has freed it since.
  std::optional<EndedHolder> ended_holder(ObjectId object);
  // Calls visit(lock, handed_on) for each of those locks. One that was handed on may be freed by
  // whoever can get at it.
  template <class Visit>
  void for_each_left_locked(Visit visit) {
    const std::lock_guard guard(lock_);
    for (const auto& [id, ended] : ended_) visit(id, ended.handed_on);
  }

 private:
  void tell_ended(const EndedHolder& ended, bool after_main);

  Books& books_;
  std::atomic<bool> any_ended_{false};  // raised once; spares those who park the lock
  base::ThreadMutex lock_;
  std::unordered_map<ObjectId, EndedHolder> ended_;
};

}  // namespace sluice::checked
