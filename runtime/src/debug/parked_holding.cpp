#include "debug/parked_holding.hpp"

#include <algorithm>

namespace sluice::checked {
namespace {

using detail::WaitReason;

// The wait as it is at this moment, before it has begun.
std::string waits_now(Books& books, ActorState& actor, Names& names) {
  Snapshot taken = snapshot(books, actor, false);
  taken.parked = true;
  return waits_for(taken, names);
}

}  // namespace

void ParkedHolding::os_lock_acquired(const detail::Event& event, ActorState& actor) {
  if (event.objects.empty()) return;
  ActorState::OsLock& lock = actor.os_locks.emplace_back();
  lock.address = event.objects[0].address;
  take_site(event, lock.site);
}

// One that was taken in a way that is not seen (pthread_mutex_timedlock) is not in the list.
void ParkedHolding::os_lock_released(const detail::Event& event, ActorState& actor) {
  if (event.objects.empty()) return;
  const auto lock =
      std::find_if(actor.os_locks.rbegin(), actor.os_locks.rend(),
                   [&](const auto& l) { return l.address == event.objects[0].address; });
  if (lock != actor.os_locks.rend()) actor.os_locks.erase(std::next(lock).base());
}

void ParkedHolding::with_os_lock(const detail::Event& event, ActorState& actor) {
  const ActorState::OsLock& held = actor.os_locks.back();
  const void* taken_at = held.site.size > 0 ? held.site.at[0].pc : nullptr;
  if (actor.id == 0 || !books_.reporter.is_new(number_of(140, taken_at, event.pc))) return;
  Stack now;
  unwind(event, now);
  const std::vector<const void*> taken = stack_at(held.site, now.frames());
  const std::vector<const void*> pcs = pcs_of(now.frames());
  const Identity parks = actor.identity();
  books_.reporter.report([&, address = held.address] {
    Names names;
    const Variable variable = symbolize_global(address);
    // Not the parts that a std::mutex is made of.
    const std::string name = variable.name.substr(0, variable.name.find("._M_"));
    const std::string lock = name.empty() ? "a std::mutex" : "the std::mutex '" + name + "'";
    Report report;
    report.code = "SL140";
    report.title = who(parks) + " parks while it holds " + lock;
    report.certainty = "certain";
    report.why =
        "the lock stays taken while others run on this thread, and may be freed on another";
    Section& section = report.section();
    add_stack(section, 5, taken, "the std::mutex or pthread_mutex_t is held from here", 4);
    add_stack(section, 5, pcs, "parks here: " + waits_now(books_, actor, names), 6);
    add_creation(section, 5, parks);
    report.section().add_prose(
        2,
        "help: free it first, or use sluice::Mutex: a thread that waits for a std::mutex runs no "
        "goroutines, and a goroutine on it that should free the lock never gets to");
    return report;
  });
}

void ParkedHolding::with_lock(const detail::Event& event, ActorState& actor) {
  if (event.reason != WaitReason::chan_send && event.reason != WaitReason::chan_receive &&
      event.reason != WaitReason::select) {
    return;
  }
  const HeldLock& last = actor.held[actor.held.size() - 1];
  const void* taken_at = last.site.size > 0 ? last.site.at[0].pc : nullptr;
  if (!books_.reporter.is_new(number_of(141, taken_at, event.pc))) return;
  Stack now;
  unwind(event, now);
  const std::vector<const void*> pcs = pcs_of(now.frames());
  const std::vector<HeldInfo> held = held_by(books_, actor, now.frames());
  if (held.empty()) return;
  const Identity parks = actor.identity();
  books_.reporter.report([&] {
    Names names;
    Report report;
    report.code = "SL141";
    report.severity = Severity::note;
    report.title =
        who(parks) + " waits for a channel while it holds " + names.quoted(held.back().object);
    Section& section = report.section();
    add_stack(section, 5, held.back().stack,
              names.quoted(held.back().object) + " is held from here", 4);
    add_stack(section, 5, pcs, "parks here: " + waits_now(books_, actor, names), 4);
    section.add_prose(2, "Whoever is to act on the channel must not need the lock first.");
    return report;
  });
}

}  // namespace sluice::checked
