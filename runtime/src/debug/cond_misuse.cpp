#include "debug/cond_misuse.hpp"

namespace sluice::checked {

bool CondMisuse::freed_by_wait(const detail::Event& event, ActorState& actor, ObjectId lock) {
  ObjectRecord* record = books_.objects.find(lock);
  if (record == nullptr || record->handed_over.load(std::memory_order_relaxed)) return false;
  const ActorState* owner = holder_of(*record, lock);
  const ObjectId cond = actor.held.trail().last.object;
  const void* waits_at = actor.held.trail().last.pc;
  if (!books_.reporter.is_new(number_of(123, waits_at))) return true;
  const Identity waiter = actor.identity();
  const ObjectInfo info = books_.objects.info(lock), cond_info = books_.objects.info(cond);
  const std::string holder =
      owner == nullptr ? "nobody holds it" : who(owner->identity()) + " holds it";
  const std::vector<const void*> pcs = stack_now(event);
  books_.reporter.report([&] {
    Names names;
    Report report;
    report.code = "SL123";
    report.title = who(waiter) + " waits on " + names.quoted(cond_info) +
                   " while it does not hold " + names.quoted(info);
    report.certainty = "certain";
    report.why = "a wait frees the lock first, and " + holder;
    Section& section = report.section();
    add_stack(section, 5, pcs, "waits here", 6);
    add_creation(section, 5, waiter);
    Section& end = report.section();
    end.add(2, "objects: " + names.origin(cond_info) + "      " + names.origin(info));
    end.add_prose(2, "help: take the lock, check the condition, and wait in a loop, all under it");
    return report;
  });
  return true;
}

void CondMisuse::notified(const detail::Event& event, ActorState& actor, ObjectId cond) {
  if (event.value != 0) return;
  Unheard last{1, actor.identity(), site_of(event), books_.since_start()};
  {
    const std::lock_guard guard(lock_);
    Unheard& known = unheard_[cond];
    last.count = known.count + 1;
    known = last;
  }
  if (!books_.options.verbose || !books_.reporter.is_new(number_of(130, event.pc))) return;
  const ObjectInfo info = books_.objects.info(cond);
  books_.reporter.report([&] {
    Names names;
    Report report;
    report.code = "SL130";
    report.severity = Severity::note;
    report.title = who(last.by) + " notifies " + names.quoted(info) + ", and nobody waits";
    Section& section = report.section();
    add_stack(section, 5, stack_of(last.site), "notified here", 4);
    section.add_prose(2,
                      "That is well if whoever waits later checks the condition first, and a hang "
                      "if it does not.");
    return report;
  });
}

void CondMisuse::destroyed(ObjectId cond) {
  const std::lock_guard guard(lock_);
  unheard_.erase(cond);
}

std::optional<Unheard> CondMisuse::unheard(ObjectId cond, std::int64_t until) {
  const std::lock_guard guard(lock_);
  const auto found = unheard_.find(cond);
  if (found == unheard_.end() || found->second.at > until) return std::nullopt;
  return found->second;
}

}  // namespace sluice::checked
