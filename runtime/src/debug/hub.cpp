#include "debug/hub.hpp"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <vector>

#include "debug/books.hpp"
#include "debug/lock_misuse.hpp"
#include "debug/lock_order.hpp"
#include "debug/ordering.hpp"
#include "debug/sleepers.hpp"
#include "debug/wait_for.hpp"
#include "debug/wait_groups.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;
using detail::Event;
using detail::EventKind;
using detail::ObjectKind;
using detail::WaitReason;

constexpr std::int64_t kDrain = 1'000'000'000;  // for goroutines that start as the program ends
constexpr std::int64_t kDrainStep = 1'000'000;

bool waits_for_an_owner(WaitReason reason) {
  return reason == WaitReason::mutex_lock || reason == WaitReason::rw_mutex_lock ||
         reason == WaitReason::rw_mutex_lock_shared || reason == WaitReason::once_call;
}

bool is_lock(ObjectKind kind) {
  return kind == ObjectKind::mutex || kind == ObjectKind::rw_mutex || kind == ObjectKind::once;
}

// About 5 ns and 4 ms coarse, which is enough for how long somebody has waited.
std::int64_t coarse_now() {
  timespec t;
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

}  // namespace

struct Hub::Parts {
  Parts(const Options& options, const detail::RuntimeView& view)
      : books(options, view),
        order(books),
        misuse(books),
        wait_for(books),
        ordering(books),
        groups(books),
        checks(options.level >= Level::check),
        whole_stacks(options.level == Level::full) {}

  Books books;
  LockOrder order;
  LockMisuse misuse;
  WaitFor wait_for;
  Ordering ordering;
  WaitGroups groups;
  const bool checks;  // level check or full
  const bool whole_stacks;
  std::mutex ending;

  void lock_requested(const Event& event, ActorState& actor);
  void lock_acquired(const Event& event, ActorState& actor);
  void lock_released(const Event& event, ActorState& actor);
  void parked(const Event& event, ActorState& actor);
  void unparked(ActorState& actor);
  void spawned(const Event& event);
  void ended(const Event& event, ActorState& actor);
  void created(const Event& event);
  void destroyed(const Event& event);
  void group_event(const Event& event, ActorState& actor);
  void came_out(const Event& event, ActorState& actor);
  void other_event(const Event& event, ActorState& actor);
  void rare_event(const Event& event);
  void withdraw(ActorState& actor);
  void all_asleep();
  std::vector<Snapshot> alive(bool all_parked);
  void run_ended();

  ObjectId id_of(const Event& event) {
    return event.objects.empty() ? kNoObject : books.objects.id_of(event.objects[0], event);
  }
  static void note(ActorState& actor, const Event& event, ObjectId object) {
    actor.last = {event.kind, event.reason, object, event.pc};
  }
};

void Hub::Parts::lock_requested(const Event& event, ActorState& actor) {
  if (actor.held.empty()) return;
  const ObjectId id = id_of(event);
  if (id == kNoObject) return;
  if (HeldLock* held = actor.held.find(id); held != nullptr) {
    const ObjectRecord* record = books.objects.find(id);
    if (record != nullptr && !record->handed_over.load(std::memory_order_relaxed)) {
      misuse.requested_again(event, actor, id, *held);
    }
    return;
  }
  if (checks) order.requested(event, actor, id);
}

void Hub::Parts::lock_acquired(const Event& event, ActorState& actor) {
  const ObjectId id = id_of(event);
  ObjectRecord* record = books.objects.find(id);
  if (record == nullptr) return;
  HeldLock& held = actor.held.push(id, event.mode);
  take_site(event, held.site);
  if (whole_stacks) held.stack = quick_stack(event);
  actor.last = {event.kind, event.reason, id, event.pc};
  if (event.mode != AccessMode::exclusive) return;
  record->owner.store(&actor, std::memory_order_release);
  if (event.objects[0].kind == ObjectKind::rw_mutex && checks) order.written(actor, id);
}

void Hub::Parts::lock_released(const Event& event, ActorState& actor) {
  const ObjectId id = id_of(event);
  ObjectRecord* record = books.objects.find(id);
  if (record == nullptr) return;
  actor.last = {event.kind, event.reason, id, event.pc};
  HeldLock* held = actor.held.find(id, event.mode);
  if (held == nullptr) {
    misuse.released_by_other(event, actor, id);
    return;
  }
  Ordering::releasing(actor, id);
  if (event.mode == AccessMode::exclusive) record->owner.store(nullptr, std::memory_order_release);
  actor.held.remove(*held);
}

void Hub::Parts::parked(const Event& event, ActorState& actor) {
  const ObjectId first = id_of(event);
  {
    const std::lock_guard guard(actor.wait_lock);
    Wait& wait = actor.wait;
    wait.reason = event.reason;
    wait.timed = event.value != 0;
    wait.since = coarse_now() - books.start;
    wait.pc = event.pc;
    wait.frame = event.frame;
    wait.targets.clear();
    for (const detail::ObjectRef& object : event.objects) {
      wait.targets.push_back(
          {books.objects.id_of(object, event), object.mode, object.size, object.capacity});
    }
    const bool for_ever = waits_for_an_owner(event.reason) && !wait.timed;
    actor.blocked_on.store(for_ever ? first : kNoObject, std::memory_order_relaxed);
    actor.blocked_mode.store(event.objects.empty() ? AccessMode::none : event.objects[0].mode,
                             std::memory_order_relaxed);
    actor.epoch.store(actor.epoch.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
  }
  note(actor, event, first);
  Ordering::waited(actor);
  if (event.reason == WaitReason::wait_group_wait && first != kNoObject) {
    groups.parked(event, actor, first);
  }
  if (actor.blocked_on.load(std::memory_order_relaxed) != kNoObject && !actor.held.empty()) {
    wait_for.parked(event, actor);
  }
}

void Hub::Parts::unparked(ActorState& actor) {
  ObjectId group = kNoObject;
  {
    const std::lock_guard guard(actor.wait_lock);
    if (actor.wait.reason == WaitReason::wait_group_wait && !actor.wait.targets.empty()) {
      group = actor.wait.targets[0].object;
    }
    actor.blocked_on.store(kNoObject, std::memory_order_relaxed);
    actor.epoch.store(actor.epoch.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  if (actor.verdict.load(std::memory_order_relaxed) != nullptr) withdraw(actor);
  if (group != kNoObject) groups.unparked(actor, group);
}

void Hub::Parts::spawned(const Event& event) {
  if (event.other == nullptr) return;
  ActorState& child = books.actors.of(*event.other);
  if (event.doer == nullptr) return;
  ActorState& parent = books.actors.of(*event.doer);
  child.parent_uid = parent.uid.load(std::memory_order_relaxed);
  child.birth = ++parent.spawned;
  note(parent, event, kNoObject);
  if (checks) ordering.spawned(parent, child);
  groups.spawned(parent, child);
}

void Hub::Parts::ended(const Event& event, ActorState& actor) {
  if (!actor.held.empty()) misuse.ended_holding(event, actor);
  groups.ended(event, actor);
  if (checks) order.ended(actor);
  books.actors.remove(actor);
}

void Hub::Parts::created(const Event& event) {
  if (event.objects.empty() || event.objects[0].tag == nullptr) return;
  Site site;
  if (event.doer != nullptr) take_site(event, site);
  books.objects.created(event.objects[0], event, site);
}

void Hub::Parts::destroyed(const Event& event) {
  if (event.objects.empty() || event.objects[0].tag == nullptr) return;
  const detail::ObjectRef& object = event.objects[0];
  const ObjectId id = object.tag->id.load(std::memory_order_acquire);
  if (id == kNoObject) return;
  if (is_lock(object.kind)) {
    if (event.value != 0) misuse.destroyed_in_use(event, id);
    misuse.destroyed(id);
    if (checks) order.destroyed(id);
  } else if (object.kind == ObjectKind::wait_group) {
    groups.destroyed(id);
  }
  object.tag->id.store(kNoObject, std::memory_order_relaxed);
  books.objects.remove(id);
}

void Hub::Parts::group_event(const Event& event, ActorState& actor) {
  const ObjectId id = id_of(event);
  if (id == kNoObject) return;
  switch (event.kind) {
    case EventKind::wait_group_add:
      if (checks && event.value < 0) ordering.told(actor, id);
      groups.added(event, actor, id);
      break;
    case EventKind::wait_group_wait:
      groups.waiting(event, actor, id);
      actor.joining = id;
      Ordering::waited(actor);
      break;
    default:
      if (event.other != nullptr) groups.bound(books.actors.of(*event.other), id);
      break;
  }
  if (event.kind != EventKind::wait_group_bind) note(actor, event, id);
}

// What was said to be certain was not: whoever made that verdict must be told of it.
void Hub::Parts::withdraw(ActorState& actor) {
  const char* code = actor.verdict.exchange(nullptr, std::memory_order_relaxed);
  if (code == nullptr) return;
  const Identity who_runs = actor.identity();
  books.reporter.report([&] {
    Report report;
    report.code = "SL999";
    report.title = std::string("the report ") + code + " on " + who(who_runs) +
                   " is withdrawn: it has gone on";
    Section& section = report.section();
    section.add(2,
                "The lock was freed by somebody who did not hold it, or sluice is wrong. If no "
                "other goroutine unlocks here, please report it.");
    return report;
  });
}

void Hub::Parts::all_asleep() {
  const std::lock_guard guard(ending);
  Sleepers sleepers = find_sleepers(books, misuse, groups);
  const std::int64_t now = coarse_now() - books.start;
  books.reporter.report([&] { return asleep_report(sleepers, now); });
}

std::vector<Snapshot> Hub::Parts::alive(bool with_stacks) {
  std::vector<Snapshot> alive;
  books.actors.for_each([&](ActorState& actor) {
    Snapshot taken = snapshot(books, actor, with_stacks);
    if (taken.who.uid == 0 || taken.who.id == 0) return;  // ended, or a thread of the program's
    // One that has been readied will go on, though it has not come to say so.
    taken.parked = taken.parked && !taken.readied;
    alive.push_back(std::move(taken));
  });
  return alive;
}

// Goroutines that were about to end, or to be told of in a better way than as leaked, get the time
// for it.
void Hub::Parts::run_ended() {
  std::vector<Snapshot> left;
  const std::int64_t until = base::now() + kDrain;
  while (true) {
    left = alive(false);
    const bool moving =
        std::any_of(left.begin(), left.end(), [](const Snapshot& s) { return !s.parked; });
    if (!moving || base::now() > until) break;
    const timespec step{0, kDrainStep};
    ::nanosleep(&step, nullptr);
  }
  groups.run_ended();
  if (left.empty() || !checks) return;
  left = alive(true);
  if (left.empty()) return;
  const std::lock_guard guard(ending);
  const std::int64_t now = coarse_now() - books.start;
  books.reporter.report([&] { return leak_report(left, now); });
}

Hub::Hub(const Options& options, const detail::RuntimeView& view)
    : parts_(std::make_unique<Parts>(options, view)) {}

Hub::~Hub() = default;

// Locks first: they are what programs do most.
void Hub::on_event(const Event& event) noexcept {
  if (event.kind >= EventKind::lock_request && event.kind <= EventKind::lock_released) {
    ActorState& actor = parts_->books.actors.of(*event.doer);
    if (actor.joining != kNoObject) parts_->came_out(event, actor);
    switch (event.kind) {
      case EventKind::lock_request:
        return parts_->lock_requested(event, actor);
      case EventKind::lock_released:
        return parts_->lock_released(event, actor);
      default:
        return parts_->lock_acquired(event, actor);
    }
  }
  if (event.doer != nullptr) {
    parts_->other_event(event, parts_->books.actors.of(*event.doer));
  } else {
    parts_->rare_event(event);
  }
}

// It has come out of a wait: all that was done before is over.
void Hub::Parts::came_out(const Event& event, ActorState& actor) {
  ordering.heard(actor, actor.joining, Link::certain);
  if (event.kind != EventKind::unpark) actor.joining = kNoObject;
}

void Hub::Parts::rare_event(const Event& event) {
  switch (event.kind) {
    case EventKind::created:
      return created(event);
    case EventKind::named:
      if (!event.objects.empty()) books.objects.set_name(event.objects[0].address, event.text);
      return;
    case EventKind::destroyed:
      return destroyed(event);
    case EventKind::spawn:
      return spawned(event);
    case EventKind::exit:
      if (event.doer != nullptr) ended(event, books.actors.of(*event.doer));
      return;
    case EventKind::run_begin:
      return books.actors.forget_goroutines();
    case EventKind::run_end:
      return run_ended();
    case EventKind::all_asleep:
      return all_asleep();
    default:
      return;
  }
}

void Hub::Parts::other_event(const Event& event, ActorState& actor) {
  if (actor.joining != kNoObject && event.kind != EventKind::park) came_out(event, actor);
  switch (event.kind) {
    case EventKind::park:
      return parked(event, actor);
    case EventKind::unpark:
      return unparked(actor);
    case EventKind::wait_group_add:
    case EventKind::wait_group_wait:
    case EventKind::wait_group_bind:
      return group_event(event, actor);
    case EventKind::chan_send:
    case EventKind::chan_closed:
      for (const detail::ObjectRef& object : event.objects) {
        if (checks) ordering.told(actor, books.objects.id_of(object, event));
      }
      return note(actor, event, id_of(event));
    case EventKind::chan_received: {
      const ObjectId id = id_of(event);
      if (checks) ordering.heard(actor, id, Link::join_if_last);
      Ordering::waited(actor);
      return note(actor, event, id);
    }
    default:
      return rare_event(event);
  }
}

void Hub::finish() {
  const std::string line = parts_->books.reporter.summary();
  if (!line.empty()) std::fprintf(stderr, "%s\n", line.c_str());
}

std::size_t Hub::check_leaks() {
  // Those that can never run again because of who holds what, and those that wait for nothing at
  // all.
  Parts& parts = *parts_;
  std::vector<Snapshot> dead;
  parts.books.actors.for_each([&](ActorState& actor) {
    if (actor.uid.load(std::memory_order_relaxed) == 0 || !actor.parked()) return;
    Snapshot taken = snapshot(parts.books, actor);
    const WaitReason reason = taken.wait.reason;
    const bool for_ever = reason == WaitReason::chan_receive_nil ||
                          reason == WaitReason::chan_send_nil ||
                          reason == WaitReason::select_no_cases;
    const ObjectId lock = actor.blocked_on.load(std::memory_order_relaxed);
    const bool owner_gone = lock != kNoObject && parts.misuse.ended_holder(lock).has_value();
    if (for_ever || owner_gone || !parts.wait_for.circle_of(actor).empty()) {
      dead.push_back(std::move(taken));
    }
  });
  if (dead.empty()) return 0;
  const std::size_t count = dead.size();
  std::uint64_t set = 0;
  for (const Snapshot& goroutine : dead) set += mix(goroutine.who.uid, count);
  if (!parts.books.reporter.is_new(set)) return count;  // asked before
  const std::int64_t now = coarse_now() - parts.books.start;
  parts.books.reporter.report([&] { return blocked_report(dead, now); });
  return count;
}

}  // namespace sluice::checked
