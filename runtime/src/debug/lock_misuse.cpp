#include "debug/lock_misuse.hpp"

#include "debug/destroyed_in_use.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;

std::uint64_t fingerprint(const char* code, const void* a, const void* b = nullptr) {
  std::uint64_t hash = 0;
  for (const char* c = code; *c != '\0'; ++c) hash = mix(hash, static_cast<std::uint64_t>(*c));
  hash = mix(hash, reinterpret_cast<std::uintptr_t>(a));
  return mix(hash, reinterpret_cast<std::uintptr_t>(b));
}

const void* top(const std::vector<const void*>& stack) {
  return stack.empty() ? nullptr : stack.front();
}

// What is told of a lock that is taken again.
struct Again {
  Identity who;
  HeldInfo held;
  AccessMode mode;
  std::vector<const void*> now;
  bool writer_waits;
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
                   ": it waits for itself for ever";
    report.certainty = "certain";
    report.why = upgrade ? "a writer waits for all readers, and this reader is the writer"
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

bool LockMisuse::writer_waits(ObjectId object) {
  bool waits = false;
  books_.actors.for_each([&](ActorState& actor) {
    if (actor.uid.load(std::memory_order_relaxed) == 0 || !actor.parked()) return;
    waits |= actor.blocked_on.load(std::memory_order_relaxed) == object &&
             actor.blocked_mode.load(std::memory_order_relaxed) == AccessMode::exclusive;
  });
  return waits;
}

void LockMisuse::requested_again(const detail::Event& event, ActorState& actor, ObjectId object,
                                 HeldLock& held) {
  const bool shared = held.mode.load(std::memory_order_relaxed) == AccessMode::shared &&
                      event.mode == AccessMode::shared;
  if (shared && books_.options.level < Level::check) return;
  // A goroutine that it has started meanwhile may be the one that is to unlock it.
  if (!shared && held.spawned_under) return;
  if (!shared) actor.verdict.store("SL110", std::memory_order_relaxed);
  const void* first = held.site.size > 0 ? held.site.at[0].pc : nullptr;
  if (!books_.reporter.is_new(fingerprint(shared ? "SL103" : "SL110", first, event.pc))) return;
  Stack now;
  unwind(event, now);
  Again again{actor.identity(), {}, event.mode, pcs_of(now.frames()), false};
  for (HeldInfo& info : held_by(books_, actor, now.frames())) {
    if (info.object.id == object) again.held = std::move(info);
  }
  again.writer_waits = shared && writer_waits(object);
  books_.reporter.report([&] { return again_report(again); });
}

void LockMisuse::released_by_other(const detail::Event& event, ActorState& actor, ObjectId object,
                                   bool tell) {
  ObjectRecord* record = books_.objects.find(object);
  if (record == nullptr || record->handed_over.exchange(true, std::memory_order_relaxed)) return;
  ActorState* owner = record->owner.exchange(nullptr, std::memory_order_acq_rel);
  std::optional<EndedHolder> ended = ended_holder(object);
  destroyed(object);
  // Nobody holds it: the runtime says so itself and ends the process.
  if (!tell || (owner == nullptr && !ended.has_value())) return;
  const std::uint64_t holder = ended ? ended->who.id : owner->id;
  const Identity who_unlocks = actor.identity();
  ObjectInfo info = books_.objects.info(object);
  info.used_at = event.pc;
  if (!books_.reporter.is_new(fingerprint("SL121", event.pc))) return;
  books_.reporter.report([&] {
    Names names;
    Report report;
    report.code = "SL121";
    report.severity = Severity::note;
    report.title =
        names.quoted(info) + " is unlocked by another goroutine than the one that locked it";
    Section& section = report.section();
    section.add(
        5, "locked by goroutine " + std::to_string(holder) + ", unlocked by " + who(who_unlocks));
    const void* const pcs[] = {event.pc};
    add_stack(section, 5, pcs, "unlocked here");
    section.add_prose(2, "It is legal, as in Go. From here on " + names.quoted(info) +
                             " counts as a semaphore: it takes part in no verdict on locks.");
    return report;
  });
}

void LockMisuse::ended_holding(const detail::Event& event, ActorState& actor) {
  std::vector<EndedHolder> tell;
  for (HeldInfo& info : held_by(books_, actor)) {
    const HeldLock* held = actor.held.find(info.object.id);
    ObjectRecord* record = books_.objects.find(info.object.id);
    if (record == nullptr || held == nullptr) continue;
    // No state to point to any more; ended_ knows who it was.
    record->owner.store(nullptr, std::memory_order_release);
    const bool handed_on = held->spawned_under;
    EndedHolder ended{actor.identity(),     std::move(info),
                      actor.last,           books_.objects.info(actor.last.object),
                      books_.since_start(), handed_on};
    {
      const std::lock_guard guard(lock_);
      ended_[ended.held.object.id] = ended;
      any_ended_.store(true, std::memory_order_release);
    }
    // A goroutine that it started under the lock may be the one that is to unlock it. If somebody
    // waits for it at the end all the same, that is told then.
    if (!handed_on) tell.push_back(std::move(ended));
  }
  const bool goexit = event.value == static_cast<std::int64_t>(detail::ExitKind::goexit);
  for (const EndedHolder& ended : tell) {
    if (!books_.reporter.is_new(fingerprint("SL120", top(ended.held.stack)))) continue;
    books_.reporter.report([&] {
      Names names;
      const std::string lock = names.quoted(ended.held.object);
      Report report;
      report.code = "SL120";
      report.title = who(ended.who) + " ended while holding " + lock;
      report.certainty = "certain";
      report.why = "it was not freed on the way out, and whoever wants it now waits for ever";
      Section& section = report.section();
      add_stack(section, 5, ended.held.stack, lock + " is held from here", 6);
      const std::string last = last_call(ended.last, ended.last_object, names);
      section.add(5, who_short(ended.who) +
                         (goexit               ? " was left by exit_goroutine at +"
                          : event.text.empty() ? " ended at +"
                                               : " was left by an exception at +") +
                         seconds(ended.ended) +
                         (last.empty() ? "" : "; last runtime call " + last));
      if (!event.text.empty()) section.add(5, "exception " + std::string(event.text));
      add_creation(section, 5, ended.who);
      Section& end = report.section();
      end.add(2, "objects: " + names.origin(ended.held.object));
      end.add_prose(
          2,
          "help: hold it through a scope (sluice::Lock, std::lock_guard), which frees it on "
          "every way out");
      return report;
    });
  }
}

void LockMisuse::parked_on_orphan(const detail::Event& event, ActorState& actor, ObjectId object) {
  if (!any_ended_.load(std::memory_order_acquire)) return;
  const std::optional<EndedHolder> ended = ended_holder(object);
  if (!ended.has_value() || ended->handed_on) return;
  actor.verdict.store("SL203", std::memory_order_relaxed);
  if (!books_.reporter.is_new(fingerprint("SL203", event.pc, top(ended->held.stack)))) return;
  const Identity waiter = actor.identity();
  Stack now;
  unwind(event, now);
  const std::vector<const void*> pcs = pcs_of(now.frames());
  books_.reporter.report([&] {
    Names names;
    const std::string lock = names.quoted(ended->held.object);
    Report report;
    report.code = "SL203";
    report.title = who(waiter) + " waits for " + lock + ", whose holder has ended";
    report.certainty = "certain";
    report.why = "only its holder frees a lock, and " + who_short(ended->who) + " has ended";
    Section& section = report.section();
    add_stack(section, 5, pcs, who_short(waiter) + " waits here", 6);
    add_stack(section, 5, ended->held.stack, lock + " is held from here", 4);
    section.add(5, who(ended->who) + " ended at +" + seconds(ended->ended));
    add_creation(section, 5, ended->who);
    Section& end = report.section();
    end.add(2, "objects: " + names.origin(ended->held.object));
    end.add_prose(2,
                  "help: hold it through a scope (sluice::Lock, std::lock_guard), which frees it "
                  "on every way out");
    return report;
  });
}

void LockMisuse::destroyed_in_use(const detail::Event& event, ObjectId object) {
  const ObjectRecord* record = books_.objects.find(object);
  if (record == nullptr || record->handed_over.load(std::memory_order_relaxed)) return;
  report_destroyed_in_use(books_, event, object, ended_holder(object));
}

void LockMisuse::destroyed(ObjectId object) {
  const std::lock_guard guard(lock_);
  ended_.erase(object);
}

std::optional<EndedHolder> LockMisuse::ended_holder(ObjectId object) {
  const std::lock_guard guard(lock_);
  const auto found = ended_.find(object);
  if (found == ended_.end()) return std::nullopt;
  return found->second;
}

}  // namespace sluice::checked
