// WaitGroups used in ways that the counter alone does not show: SL504, SL505, SL507, SL508 and
// SL510.
#include "debug/wait_groups.hpp"

namespace sluice::checked {

void WaitGroups::report_add_under_waiter(const detail::Event& event, ActorState& actor, ObjectId id,
                                         const Waiter& waiter, bool same_round) {
  if (!books_.reporter.is_new(number_of(same_round ? 505 : 507, event.pc))) return;
  const ObjectInfo object = books_.objects.info(id);
  const Identity by = actor.identity();
  const std::vector<const void*> pcs = stack_now(event);
  books_.reporter.report([&] {
    Names names;
    const std::string group = names.quoted(object);
    Report report;
    report.code = same_round ? "SL505" : "SL507";
    report.title = same_round ? "add to " + group + " from zero while " + who_short(waiter.who) +
                                    " waits for it"
                              : group + " is used again before the wait of " +
                                    who_short(waiter.who) + " has returned";
    report.certainty = "certain";
    report.why = same_round ? "the wait may return before or after this add, as chance has it"
                            : "its counter had come to zero, and a wait that this ended is still "
                              "under way";
    Section& section = report.section();
    add_stack(section, 5, pcs, who_short(by) + " adds here", 4);
    const void* const waits[] = {waiter.pc};
    add_stack(section, 5, waits, who_short(waiter.who) + " waits here");
    Section& end = report.section();
    end.add(2, "objects: " + names.origin(object));
    end.add_prose(2, "help: add before the wait begins, or use one WaitGroup for each round");
    return report;
  });
}

void WaitGroups::report_waits_for_itself(const detail::Event& event, ActorState& actor, ObjectId id,
                                         StackId counted) {
  const std::uint64_t report_number = number_of(504, event.pc);
  actor.judge("SL504", report_number);
  if (!books_.reporter.is_new(report_number)) return;
  const ObjectInfo object = books_.objects.info(id);
  const Identity waiter = actor.identity();
  const std::vector<const void*> pcs = stack_now(event);
  books_.reporter.report([&] {
    Names names;
    const std::string group = names.quoted(object);
    Report report;
    report.code = "SL504";
    report.title = who(waiter) + " waits for " + group + ", to which it owes a done itself";
    report.certainty = "certain";
    report.why = "it was started by go() of the group, which counts it until it has ended";
    Section& section = report.section();
    add_stack(section, 5, pcs, "waits here", 6);
    add_stack(section, 5, stack_of(counted), "is counted from here", 4);
    Section& end = report.section();
    end.add(2, "objects: " + names.origin(object));
    end.add_prose(2, "help: use a group of its own for the goroutines that it waits for");
    return report;
  });
}

void WaitGroups::report_destroyed(const detail::Event& event, ObjectId id,
                                  const WaitGroupLedger& ledger,
                                  const std::vector<Waiter>& waiters) {
  if (!books_.reporter.is_new(number_of(508, event.pc))) return;
  const ObjectInfo object = books_.objects.info(id);
  const std::vector<const void*> pcs = stack_now(event);
  books_.reporter.report([&] {
    Names names;
    const std::string group = names.quoted(object);
    Report report;
    report.code = "SL508";
    report.title = group + " is destroyed in use: " +
                   (ledger.counter() > 0 ? std::to_string(ledger.counter()) + " still owed"
                                         : counted(waiters.size(), "wait") + " not yet returned");
    report.certainty = "certain";
    report.why =
        "whoever calls done, or has yet to come out of its wait, will touch memory that is "
        "no longer a WaitGroup";
    Section& section = report.section();
    add_stack(section, 5, pcs, "destroyed here", 6);
    if (ledger.counter() > 0) add_owed(report.section(), object, ledger, names);
    Section& end = report.section();
    for (std::size_t i = 0; i < waiters.size() && i < 4; ++i) {
      end.add(2, who_short(waiters[i].who) + " waits at " + place(user_frame(waiters[i].pc)));
    }
    end.add(2, "objects: " + names.origin(object));
    end.add_prose(2, "help: wait for it on every way out of the scope in which it lives");
    return report;
  });
}

void WaitGroups::note_overflow(const detail::Event& event, ActorState& actor, ObjectId id) {
  const ObjectInfo object = books_.objects.info(id);
  const Identity by = actor.identity();
  const StackId site = site_of(event);
  const std::int64_t delta = event.value;
  const std::uint64_t number = number_of(510, event.pc);
  panics_.about_to(actor, "sync: negative WaitGroup counter", number, [=] {
    Names names;
    Report report;
    report.code = "SL510";
    report.severity = Severity::note;
    report.title = "add of " + std::to_string(delta) + " to " + names.quoted(object) +
                   " overflows its counter, which holds 2147483647 at most";
    add_stack(report.section(), 5, stack_of(site), who_short(by) + " adds here", 4);
    return report;
  });
}

void WaitGroups::note_mixed(const detail::Event& event, ActorState& actor, ObjectId id) {
  if (!books_.options.verbose) return;
  if (!books_.reporter.is_new(number_of(510, event.pc))) return;
  const ObjectInfo object = books_.objects.info(id);
  const Identity by = actor.identity();
  const StackId site = site_of(event);
  const bool nothing = event.kind == detail::EventKind::wait_group_add;
  books_.reporter.report([&] {
    Names names;
    const std::string group = names.quoted(object);
    Report report;
    report.code = "SL510";
    report.severity = Severity::note;
    report.title = nothing ? "add of nothing to " + group
                           : group + " is counted in two ways, by add and by its own go()";
    add_stack(report.section(), 5, stack_of(site),
              who_short(by) + (nothing ? " adds" : " waits") + " here", 4);
    return report;
  });
}

}  // namespace sluice::checked
