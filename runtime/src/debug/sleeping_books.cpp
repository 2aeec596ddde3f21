#include "debug/sleeping_books.hpp"

#include <algorithm>
#include <bit>

namespace sluice::checked {
namespace {

using detail::ObjectKind;
using detail::WaitReason;

bool is_lock(WaitReason reason) {
  return reason == WaitReason::mutex_lock || reason == WaitReason::rw_mutex_lock ||
         reason == WaitReason::rw_mutex_lock_shared || reason == WaitReason::once_call;
}

bool waits_for_nothing(WaitReason reason) {
  return reason == WaitReason::chan_receive_nil || reason == WaitReason::chan_send_nil ||
         reason == WaitReason::select_no_cases;
}

// Those that end by something that this library does not see, or sees to itself.
bool ends_by_itself(const Wait& wait) {
  return wait.timed || wait.reason == WaitReason::none || wait.reason == WaitReason::sleep ||
         wait.reason == WaitReason::io_wait;
}

}  // namespace

bool SleepingBooks::read(std::uint32_t extra) noexcept {
  std::size_t places = 0;
  books_.actors.for_each([&](ActorState&) { ++places; });
  // Behind those come as many again, that stand for locks: no more than there are waiters.
  const std::size_t most = 2 * places + extra + 1;
  sleeping_ = scratch_.take<Sleeping>(most);
  actors_ = scratch_.take<ActorState*>(places + 1);
  if (sleeping_ == nullptr || actors_ == nullptr) return false;
  books_.actors.for_each([&](ActorState& actor) {
    actor.number = kNone;
    if (actor.uid.load(std::memory_order_acquire) == 0 || actor.id == 0) return;
    if (known_ == places) return;  // started this moment
    actor.number = known_;
    actors_[known_++] = &actor;
  });
  count_ = known_ + extra;
  for (std::uint32_t i = 0; i < count_; ++i) sleeping_[i].awake = true;
  return true;
}

std::uint32_t SleepingBooks::number_of(const ActorState* actor) const noexcept {
  const bool known = actor != nullptr && actor->number < known_ && actors_[actor->number] == actor;
  return known ? actor->number : kNone;
}

std::uint32_t SleepingBooks::find_object(ObjectId id) const noexcept {
  for (std::uint32_t i = buckets_[id * 0x9e3779b9u & bucket_mask_]; i != 0;
       i = objects_[i - 1].next) {
    if (objects_[i - 1].id == id) return i - 1;
  }
  return kNone;
}

std::uint32_t SleepingBooks::object_of(ObjectId id) noexcept {
  if (const std::uint32_t found = find_object(id); found != kNone) return found;
  const ObjectRecord* record = books_.objects.find(id);
  if (record == nullptr) return kNone;
  std::uint32_t& bucket = buckets_[id * 0x9e3779b9u & bucket_mask_];
  Object object;
  object.id = id;
  object.address = record->address;
  object.next = bucket;
  object.free_handed = record->handed_over.load(std::memory_order_relaxed);
  if (!objects_.push(object)) return kNone;
  bucket = objects();
  return bucket - 1;
}

std::uint32_t SleepingBooks::add_object(const void* address) noexcept {
  Object object;
  object.address = address;
  return objects_.push(object) ? objects() - 1 : kNone;
}

std::span<std::uint32_t> SleepingBooks::list(std::initializer_list<std::uint32_t> values) noexcept {
  auto* data = scratch_.take<std::uint32_t>(values.size());
  if (data == nullptr) return {};
  std::copy(values.begin(), values.end(), data);
  return {data, values.size()};
}

// Of those locks that somebody waits for. A thread of the program's own, or a goroutine that runs,
// frees what it holds some day: it is noted as held, and by nobody who would have to be waited for.
void SleepingBooks::read_holders() noexcept {
  books_.actors.for_each([&](ActorState& actor) {
    if (actor.uid.load(std::memory_order_acquire) == 0) return;
    for (std::uint32_t i = 0, size = actor.held.size(); i < size; ++i) {
      const HeldLock& held = actor.held[i];
      const std::uint32_t at = find_object(held.object());
      if (at == kNone) continue;
      Object& object = objects_[at];
      object.held = true;
      // Goroutines that were started under the lock may be those that are to free it.
      if (held.spawned_under.load(std::memory_order_relaxed)) object.free_handed = true;
      if (actor.id == 0) continue;
      if (!holders_.push({actor.number, object.holders})) failed_ = true;
      object.holders = static_cast<std::uint32_t>(holders_.size());
    }
  });
}

bool SleepingBooks::woken_from_outside(const Wait& wait) const noexcept {
  if (externals.empty()) return false;
  return std::any_of(wait.targets.begin(), wait.targets.end(), [this](const Wait::Target& target) {
    const std::uint32_t at = target.object == kNoObject ? kNone : find_object(target.object);
    return at != kNone &&
           std::find(externals.begin(), externals.end(), objects_[at].address) != externals.end();
  });
}

void SleepingBooks::conclude_lock(Sleeping& sleeping, ActorState& actor) noexcept {
  const Wait& wait = actor.wait;
  const std::uint32_t at = wait.targets.empty() ? kNone : find_object(wait.targets[0].object);
  if (at == kNone) return;
  Object& object = objects_[at];
  const auto left = std::find_if(left_locked.begin(), left_locked.end(),
                                 [&](const LeftLocked& each) { return each.lock == object.id; });
  const bool is_left = left != left_locked.end();
  // Who waits for a lock of its own may have told somebody to free it.
  const HeldLock* own = actor.held.find(object.id);
  const bool told =
      own != nullptr && wait.reason != WaitReason::once_call && actor.held.may_be_handed_on(*own);
  if (object.free_handed || told || (is_left && left->handed_on)) {
    sleeping.any_of = list({at});
    sleeping.awake = sleeping.any_of.empty();
    return;
  }
  sleeping.never = is_left;
  sleeping.awake = !sleeping.never;
  // Not held by anybody known: somebody is about to say that he holds it.
  if (sleeping.never || !object.held) return;
  sleeping.all_of = needs_of(object);
  sleeping.awake = sleeping.all_of.empty();
}

// One who holds it, or one that stands for all of them; computed once for all who wait.
std::span<std::uint32_t> SleepingBooks::needs_of(Object& object) noexcept {
  if (!object.needs.empty() || object.holders == 0) return object.needs;
  std::size_t count = 0;
  for (std::uint32_t i = object.holders; i != 0; i = holders_[i - 1].next) ++count;
  auto* data = scratch_.take<std::uint32_t>(count);
  if (data == nullptr) return {};
  std::size_t n = 0;
  for (std::uint32_t i = object.holders; i != 0; i = holders_[i - 1].next) {
    data[n++] = holders_[i - 1].number;
  }
  object.needs = {data, count};
  if (count > 1) {
    sleeping_[count_].all_of = object.needs;
    object.needs = list({count_});
    ++count_;
  }
  return object.needs;
}

void SleepingBooks::conclude_any(Sleeping& sleeping, const Wait& wait) noexcept {
  auto* data = scratch_.take<std::uint32_t>(wait.targets.size() + 1);
  if (data == nullptr) return;
  std::size_t count = 0;
  for (const Wait::Target& target : wait.targets) {
    if (target.object == kNoObject) continue;  // a nil channel, which nobody makes ready
    const std::uint32_t at = find_object(target.object);
    if (at == kNone) return;
    data[count++] = at;
  }
  sleeping.any_of = {data, count};
  sleeping.never = count == 0;
  sleeping.awake = false;
}

void SleepingBooks::conclude_group(Sleeping& sleeping, const Wait& wait) noexcept {
  conclude_any(sleeping, wait);
  if (sleeping.awake || wait.targets.empty()) return;
  const auto by_group = [](const ExactDebt& a, const ExactDebt& b) { return a.group < b.group; };
  const ExactDebt wanted{wait.targets[0].object};
  const auto [from, to] = std::equal_range(debts.begin(), debts.end(), wanted, by_group);
  auto* data = scratch_.take<std::uint32_t>(static_cast<std::size_t>(to - from) + 1);
  if (data == nullptr) return;
  std::size_t count = 0;
  for (const ExactDebt* debt = from; debt != to; ++debt) {
    if (debt->number != kNone) data[count++] = debt->number;
  }
  sleeping.all_of = {data, count};
}

// From who owes to which goroutine that is, then in the order of what they owe to. One that has
// ended meanwhile has paid, or somebody else has told of it.
void SleepingBooks::read_debts() noexcept {
  std::sort(debts.begin(), debts.end(),
            [](const ExactDebt& a, const ExactDebt& b) { return a.uid < b.uid; });
  for (ExactDebt& debt : debts) debt.number = kNone;
  for (std::uint32_t i = 0; i < known_; ++i) {
    const std::uint64_t uid = actors_[i]->uid.load(std::memory_order_relaxed);
    ExactDebt* debt =
        std::lower_bound(debts.begin(), debts.end(), uid,
                         [](const ExactDebt& a, std::uint64_t wanted) { return a.uid < wanted; });
    for (; debt != debts.end() && debt->uid == uid; ++debt) debt->number = i;
  }
  std::sort(debts.begin(), debts.end(),
            [](const ExactDebt& a, const ExactDebt& b) { return a.group < b.group; });
}

// Room for what those wait for that sleep, and for what everybody holds.
bool SleepingBooks::reserve(std::uint32_t objects) noexcept {
  std::size_t targets = objects, held = 0;
  for (std::uint32_t i = 0; i < known_; ++i) {
    if (asleep_[i]) targets += actors_[i]->wait.targets.size();
  }
  books_.actors.for_each([&](ActorState& actor) { held += actor.held.size(); });
  bucket_mask_ = std::bit_ceil(targets * 2 + 16) - 1;
  buckets_ = scratch_.take<std::uint32_t>(bucket_mask_ + 1);
  // Those that run may take a few locks more meanwhile.
  return buckets_ != nullptr && objects_.reserve(scratch_, targets + 1) &&
         holders_.reserve(scratch_, held + held / 8 + 64);
}

bool SleepingBooks::conclude(Parked parked, void* context, std::uint32_t more_objects) noexcept {
  asleep_ = scratch_.take<bool>(known_ + 1);
  if (asleep_ == nullptr) return false;
  for (std::uint32_t i = 0; i < known_; ++i) {
    // The runtime's word first: of one that it holds parked the books don't change.
    asleep_[i] = parked(*actors_[i], context) && actors_[i]->parked() &&
                 !ends_by_itself(actors_[i]->wait) &&
                 !actors_[i]->daemon.load(std::memory_order_relaxed);
  }
  if (!reserve(more_objects)) return false;
  for (std::uint32_t i = 0; i < known_; ++i) {
    if (!asleep_[i]) continue;
    for (const Wait::Target& target : actors_[i]->wait.targets) {
      if (target.object != kNoObject) object_of(target.object);
    }
  }
  read_holders();
  read_debts();
  for (std::uint32_t i = 0; i < known_; ++i) {
    if (!asleep_[i]) continue;
    const Wait& wait = actors_[i]->wait;
    Sleeping& sleeping = sleeping_[i];
    if (woken_from_outside(wait)) continue;
    // What nothing referred to, nothing can come to refer to: a word that looks like it, in what is
    // left of a report for one, changes nothing.
    if (waits_for_nothing(wait.reason) || actors_[i]->told_blocked()) {
      sleeping.never = true;
      sleeping.awake = false;
    } else if (is_lock(wait.reason)) {
      conclude_lock(sleeping, *actors_[i]);
    } else if (wait.reason == WaitReason::wait_group_wait) {
      conclude_group(sleeping, wait);
    } else {
      conclude_any(sleeping, wait);
    }
  }
  return !failed_;
}

}  // namespace sluice::checked
