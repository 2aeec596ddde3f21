#include "debug/lock_misuse.hpp"

#include "debug/destroyed_in_use.hpp"
#include "debug/withdrawn.hpp"

namespace sluice::checked {
namespace {

const void* top(const std::vector<const void*>& stack) {
  return stack.empty() ? nullptr : stack.front();
}

}  // namespace

void LockMisuse::released_by_other(const detail::Event& event, ActorState& actor, ObjectId object,
                                   bool tell) {
  ObjectRecord* record = books_.objects.find(object);
  if (record == nullptr || record->handed_over.exchange(true, std::memory_order_relaxed)) return;
  const ActorState* owner = holder_of(*record, object);
  record->owner.store(nullptr, std::memory_order_release);
  std::optional<EndedHolder> ended = ended_holder(object);
  destroyed(object);
  if (ended.has_value() && ended->report != 0) {
    books_.reporter.withdraw(ended->report, [&] {
      return withdrawn_report("SL120", ended->who, "somebody else has freed the lock");
    });
  }
  // Nobody holds it: the runtime says so itself and ends the process.
  if (!tell || (owner == nullptr && !ended.has_value())) return;
  const std::uint64_t holder = ended ? ended->who.id : owner->id;
  const Identity who_unlocks = actor.identity();
  ObjectInfo info = books_.objects.info(object);
  info.used_at = event.pc;
  if (!books_.reporter.is_new(number_of(121, event.pc))) return;
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
    EndedHolder ended{actor.identity(), std::move(info), actor.held.trail().last,
                      books_.objects.info(actor.held.trail().last.object), books_.since_start()};
    ended.handed_on = actor.held.may_be_left_to_others(*held);
    ended.goexit = event.value == static_cast<std::int64_t>(detail::ExitKind::goexit);
    ended.exception = event.text;
    if (!ended.handed_on) ended.report = number_of(120, top(ended.held.stack));
    {
      const std::lock_guard guard(lock_);
      ended_[ended.held.object.id] = ended;
      any_ended_.store(true, std::memory_order_release);
    }
    // Another may be the one that is to unlock it. If somebody waits for it at the end all the
    // same, that is told then.
    if (!ended.handed_on) tell.push_back(std::move(ended));
  }
  for (const EndedHolder& ended : tell) tell_ended(ended, false);
}

void LockMisuse::run_ended() {
  std::vector<EndedHolder> tell;
  {
    const std::lock_guard guard(lock_);
    for (auto& [id, ended] : ended_) {
      if (ended.report != 0) continue;
      ended.report = number_of(120, top(ended.held.stack));
      tell.push_back(ended);
    }
  }
  for (const EndedHolder& ended : tell) tell_ended(ended, true);
}

void LockMisuse::tell_ended(const EndedHolder& ended, bool after_main) {
  if (!books_.reporter.is_new(ended.report)) return;
  books_.reporter.report([&] {
    Names names;
    const std::string lock = names.quoted(ended.held.object);
    Report report;
    report.code = "SL120";
    report.title = who(ended.who) + " ended while holding " + lock;
    report.certainty = "certain";
    report.why = after_main ? "it was not freed on the way out, nor by anybody else until main "
                              "had returned"
                            : "it was not freed on the way out, and whoever wants it now waits "
                              "for ever";
    Section& section = report.section();
    add_stack(section, 5, ended.held.stack, lock + " is held from here", 6);
    const std::string last = last_call(ended.last, ended.last_object, names);
    section.add(5, who_short(ended.who) +
                       (ended.goexit              ? " was left by exit_goroutine at +"
                        : ended.exception.empty() ? " ended at +"
                                                  : " was left by an exception at +") +
                       seconds(ended.ended) + (last.empty() ? "" : "; last runtime call " + last));
    if (!ended.exception.empty()) section.add(5, "exception " + ended.exception);
    add_creation(section, 5, ended.who);
    Section& end = report.section();
    end.add(2, "objects: " + names.origin(ended.held.object));
    end.add_prose(2,
                  "help: hold it through a scope (sluice::Lock, std::lock_guard), which frees it "
                  "on every way out");
    return report;
  });
}

void LockMisuse::parked_on_orphan(const detail::Event& event, ActorState& actor, ObjectId object) {
  if (!any_ended_.load(std::memory_order_acquire)) return;
  const std::optional<EndedHolder> ended = ended_holder(object);
  if (!ended.has_value() || ended->handed_on) return;
  const std::uint64_t number = number_of(203, event.pc, top(ended->held.stack));
  actor.judge("SL203", number);
  if (!books_.reporter.is_new(number)) return;
  const Identity waiter = actor.identity();
  const std::vector<const void*> pcs = stack_now(event);
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
