// Which segment of a goroutine's life must come before which segment of another's, in every
// schedule: what spawn, the end of a wait on a WaitGroup, and joins by channel say. Knows nothing
// of locks; not of accesses to memory either.
//
// A goroutine's life is cut into segments at each operation that tells others something (a spawn, a
// done, a send, a close). Only goroutines whose segments somebody will ask about have a slot; the
// others pass on what they know.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "debug/object_id.hpp"

namespace sluice::checked {

using Slot = std::uint32_t;
using Segment = std::uint32_t;
inline constexpr Slot kNoSlot = 0;

// A channel orders a sender's past before a receiver's future, but mostly as a matter of one run:
// another receiver may get the value next time. It is taken as a join only when the sender does
// nothing of interest after that, as the goroutine that says "done" and ends.
enum class Link : std::uint8_t { certain, join_if_last };

// What is known of the past: of each slot, up to which segment it is over. Immutable once shared.
class Clock {
 public:
  struct Entry {
    Slot slot = kNoSlot;
    Segment certain = 0;       // segments up to this one are over
    Segment join_if_last = 0;  // and up to this one, if it was the last of interest
  };

  // `every_link`: a message through a channel orders, whatever its sender does afterwards.
  bool knows(Slot slot, Segment segment, bool every_link = false) const noexcept;
  const std::vector<Entry>& entries() const noexcept { return entries_; }

 private:
  friend std::shared_ptr<const Clock> join(const std::shared_ptr<const Clock>&,
                                           const std::shared_ptr<const Clock>&, Link);
  friend class Timeline;
  std::vector<Entry> entries_;  // by slot, ascending
  // Entries are forgotten from the oldest on when there are too many; what is forgotten counts as
  // over, because a report that is left out costs less than a wrong one.
  Slot forgotten_up_to_ = kNoSlot;
};
using ClockRef = std::shared_ptr<const Clock>;  // null knows nothing

ClockRef join(const ClockRef& a, const ClockRef& b, Link link_to_b);

// A goroutine's own line through time. Used by that goroutine alone, but for what `slot()`'s
// last_of_interest is.
class Timeline {
 public:
  Slot slot() const noexcept { return slot_; }
  Segment segment() const noexcept { return segment_; }
  const ClockRef& past() const noexcept { return past_; }

  // From now on its segments can be asked about.
  void take_slot();
  // Something that others may ask about happens now.
  void mark() noexcept;
  // What others are told when they learn of everything up to now; begins a new segment, unless
  // nothing of interest has happened in this one.
  ClockRef tell();
  void learn(const ClockRef& what, Link link) { set_past(join(past_, what, link)); }
  void reset(ClockRef past);

  // Whether all that tell() would say has been said through the object, and whether all that was
  // said through it, up to a version of that, has been learned. Of some objects, those used last,
  // this is known.
  bool has_told(ObjectId object) const noexcept {
    if (marked_) return false;
    if (past_ == nullptr) return true;
    const Note& note = told_[object % kNotes];
    return note.object == object && note.version == version_;
  }
  void note_told(ObjectId object) noexcept { told_[object % kNotes] = {object, version_}; }
  bool has_heard(ObjectId object, std::uint32_t version) const noexcept {
    const Note& note = heard_[object % kNotes];
    return version == 0 || (note.object == object && note.version == version);
  }
  void note_heard(ObjectId object, std::uint32_t version) noexcept {
    heard_[object % kNotes] = {object, version};
  }

 private:
  struct Note {
    ObjectId object = kNoObject;
    std::uint32_t version = 0;
  };
  static constexpr std::size_t kNotes = 4;

  void set_past(ClockRef past) noexcept {
    if (past == past_) return;
    past_ = std::move(past);
    ++version_;
  }

  Slot slot_ = kNoSlot;
  Segment segment_ = 1;
  bool marked_ = false;        // something of interest has happened in this segment
  std::uint32_t version_ = 0;  // grows with each change of past_
  ClockRef past_;
  Note told_[kNotes], heard_[kNotes];
};

// A moment that was kept for later comparison.
struct Moment {
  Slot slot = kNoSlot;
  Segment segment = 0;
  ClockRef past;
};

// Whether `a` is over before `b` begins, in every schedule.
bool ordered(const Moment& a, const Moment& b, bool every_link = false) noexcept;

}  // namespace sluice::checked
