#include "debug/lock_again.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;
using detail::ObjectKind;

// So long nobody has freed it.
constexpr std::int64_t kLong = 1'000'000'000;
// Of so many it is remembered that they wait.
constexpr std::size_t kMostWaits = 256;

std::uint64_t number(std::uint64_t code, const HeldLock& held, const void* again) {
  return number_of(code, held.site.size > 0 ? held.site.at[0].pc : nullptr, again);
}

// What is told of a lock that is taken again.
struct Again {
  Identity who;
  HeldInfo held;
  AccessMode mode;
  std::vector<const void*> now;
  bool writer_waits = false;
  std::string likely = {};  // what that rests on; empty: it is certain
};

Report again_report(const Again& again) {
  const bool held_shared = again.held.mode == AccessMode::shared;
  const bool both_shared = held_shared && again.mode == AccessMode::shared;
  Names names;
  const std::string lock = names.quoted(again.held.object);
  Report report;
  std::string help;
  if (both_shared) {
    report.code = "SL103";
    report.title = who(again.who) + " read-locks " + lock + " again under its own read lock";
    report.certainty = again.writer_waits ? "certain" : "feasible";
    report.why = again.writer_waits
                     ? "a writer waits: it waits for this reader, and this reader behind it"
                     : "a writer that comes between the two waits for the first, and the second "
                       "waits behind the writer";
    help = "take the read lock once, and call functions below it that expect it to be held";
  } else if (again.held.object.kind == detail::ObjectKind::once) {
    report.code = "SL110";
    report.title = who(again.who) + " calls " + lock +
                   " from inside its own function: it waits for "
                   "itself for ever";
    report.certainty = "certain";
    report.why =
        "the call returns when the function has ended, and the function waits for the call";
    help = "call the inner work directly, or use a second Once";
  } else {
    report.code = "SL110";
    const bool upgrade = held_shared;
    report.title = who(again.who) + (upgrade ? " write-locks " : " locks ") + lock +
                   (upgrade ? " under its own read lock" : " again while it holds it") +
                   ": it waits for itself" + (again.likely.empty() ? " for ever" : "");
    report.certainty = again.likely.empty() ? "certain" : "likely";
    report.why = !again.likely.empty() ? again.likely
                 : upgrade ? "a writer waits for all readers, and this reader is the writer"
                           : "the lock is not recursive, and its holder is the one that waits";
    help = upgrade ? "free the read lock first, and look again at what was read"
                   : "unlock on every way out, or call functions that expect the lock to be held";
  }
  Section& section = report.section();
  add_stack(section, 5, again.held.stack, lock + " is held from here", 4);
  add_stack(section, 5, again.now, "and requested again here");
  add_creation(section, 5, again.who);
  Section& end = report.section();
  end.add(2, "objects: " + names.origin(again.held.object));
  end.add_prose(2, "help: " + help);
  return report;
}

}  // namespace

bool LockAgain::Waits::still() const {
  return actor->uid.load(std::memory_order_relaxed) == uid &&
         actor->blocked_on.load(std::memory_order_relaxed) == object &&
         actor->epoch.load(std::memory_order_acquire) == epoch;
}

bool LockAgain::writer_waits(ObjectId object) {
  bool waits = false;
  books_.actors.for_each([&](ActorState& actor) {
    if (actor.uid.load(std::memory_order_acquire) == 0 || !actor.parked()) return;
    waits |= actor.blocked_on.load(std::memory_order_relaxed) == object &&
             actor.blocked_mode.load(std::memory_order_relaxed) == AccessMode::exclusive;
  });
  return waits;
}

void LockAgain::requested(const detail::Event& event, ActorState& actor, ObjectId object,
                          HeldLock& held) {
  const bool shared = held.mode() == AccessMode::shared && event.mode == AccessMode::shared;
  if (shared && books_.options.level < Level::check) return;
  // Nobody else ends a Once's function.
  const bool once = event.objects[0].kind == ObjectKind::once;
  const bool others = !once && actor.held.may_be_handed_on(held);
  if (!shared && others) return;
  const std::uint64_t report_number = number(shared ? 103 : 110, held, event.pc);
  if (!shared) actor.judge("SL110", report_number);
  if (!books_.reporter.is_new(report_number)) return;
  Stack now;
  unwind(event, now);
  Again again{actor.identity(), {}, event.mode, pcs_of(now.frames())};
  for (HeldInfo& info : held_by(books_, actor, now.frames())) {
    if (info.object.id == object) again.held = std::move(info);
  }
  again.writer_waits = shared && !others && writer_waits(object);
  books_.reporter.report([&] { return again_report(again); });
}

// Only a lock that its holder has freed before is remembered: one that is always freed by others is
// none.
void LockAgain::parked(ActorState& actor, ObjectId object, const HeldLock& held) {
  if (!actor.held.may_be_handed_on(held)) return;
  const ObjectRecord* record = books_.objects.find(object);
  if (record == nullptr || !record->freed_by_holder.load(std::memory_order_relaxed)) return;
  const std::lock_guard guard(lock_);
  if (waits_.size() == kMostWaits) {
    std::erase_if(waits_, [](const Waits& each) { return !each.still(); });
  }
  if (waits_.size() == kMostWaits) return;
  waits_.push_back({&actor, actor.uid.load(std::memory_order_relaxed),
                    actor.epoch.load(std::memory_order_relaxed), object, books_.since_start()});
}

void LockAgain::quiet() {
  std::vector<Waits> long_ones;
  {
    const std::lock_guard guard(lock_);
    if (waits_.empty()) return;
    const std::int64_t now = books_.since_start();
    std::erase_if(waits_, [&](const Waits& each) {
      if (!each.still()) return true;
      if (now - each.since < kLong) return false;
      long_ones.push_back(each);
      return true;
    });
  }
  for (const Waits& each : long_ones) {
    tell(each, "nobody has freed it in " + seconds(books_.since_start() - each.since) +
                   ", and it was always freed by its holder before");
  }
}

void LockAgain::run_ended() {
  std::vector<Waits> left;
  books_.actors.for_each([&](ActorState& actor) {
    const std::uint64_t epoch = actor.epoch.load(std::memory_order_acquire);
    const ObjectId object = actor.blocked_on.load(std::memory_order_relaxed);
    if ((epoch & 1) == 0 || object == kNoObject || actor.held.find(object) == nullptr) return;
    const Waits found{&actor, actor.uid.load(std::memory_order_relaxed), epoch, object};
    if (found.uid != 0 && found.still()) left.push_back(found);
  });
  for (const Waits& each : left) tell(each, "nobody had freed it when main returned");
}

void LockAgain::tell(const Waits& waits, std::string why) {
  ActorState& actor = *waits.actor;
  const ObjectRecord* record = books_.objects.find(waits.object);
  if (record == nullptr || record->handed_over.load(std::memory_order_relaxed)) return;
  if (actor.verdict.load(std::memory_order_relaxed) != nullptr) return;  // told in another way
  const Snapshot taken = snapshot(books_, actor);
  Again again{taken.who, {}, actor.blocked_mode.load(std::memory_order_relaxed), taken.stack};
  again.likely = std::move(why);
  for (HeldInfo& info : held_by(books_, actor)) {
    if (info.object.id == waits.object) again.held = std::move(info);
  }
  const HeldLock* held = actor.held.find(waits.object);
  if (held == nullptr || !waits.still()) return;
  const std::uint64_t report_number = number(110, *held, taken.wait.pc);
  actor.judge("SL110", report_number);
  if (!books_.reporter.is_new(report_number)) return;
  books_.reporter.report([&] { return again_report(again); });
}

}  // namespace sluice::checked
