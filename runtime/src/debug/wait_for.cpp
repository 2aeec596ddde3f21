#include "debug/wait_for.hpp"

#include <algorithm>

#include "debug/draw.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;
using detail::ObjectKind;

constexpr std::size_t kSteps = 1024;    // goroutines asked about, for one park
constexpr std::size_t kScanned = 4096;  // goroutines looked through for readers of one lock

struct Member {
  Snapshot goroutine;
  // What the one before it waits for: a lock that it holds, or a group to which it owes a done.
  HeldInfo holds;
  bool owes = false;
};

std::string needs(const Member& member, const Member& next, Names& names) {
  return who(member.goroutine.who) + " waits for " + names.quoted(next.holds.object) +
         (next.owes ? ", to which " + who_short(next.goroutine.who) + " owes a done"
                    : ", which " + who_short(next.goroutine.who) + " holds");
}

Report circle_report(const std::vector<Member>& circle) {
  Names names;
  Report report;
  report.code = "SL201";
  report.certainty = "certain";
  std::vector<std::string> whos;
  for (const Member& member : circle) whos.push_back(who_short(member.goroutine.who));
  report.title = "deadlock: " + list(whos) + " wait for each other for ever";
  const bool groups =
      std::any_of(circle.begin(), circle.end(), [](const Member& member) { return member.owes; });
  report.why = groups ? "each waits for what only the next one can free or do"
                      : "each waits for a lock that the next one holds, and only its holder can "
                        "free it";
  Section& section = report.section();
  for (std::size_t i = 0; i < circle.size(); ++i) {
    section.add(2, needs(circle[i], circle[(i + 1) % circle.size()], names));
  }
  for (const Member& member : circle) {
    Section& one = report.section();
    one.add(2, who(member.goroutine.who) + "  [" + waits_for(member.goroutine, names) + "]");
    if (member.owes) {
      draw_debt(member.holds.object, member.goroutine.who, top_place(member.holds.stack), names);
    } else {
      draw_holder(member.holds.object, member.goroutine.who, top_place(member.holds.stack), names);
    }
    add_stack(one, 5, member.holds.stack,
              names.quoted(member.holds.object) +
                  (member.owes ? " counts it from here" : " is held from here"),
              4);
    add_stack(one, 5, member.goroutine.stack, "waits here");
    add_creation(one, 5, member.goroutine.who);
  }
  Section& end = report.section();
  std::string objects;
  for (const Member& member : circle) {
    objects += (objects.empty() ? "objects: " : "      ") + names.origin(member.holds.object);
  }
  end.add(2, objects);
  end.add_prose(2, groups ? "help: free the locks that the goroutines need before you wait for them"
                          : "help: take these locks in one order everywhere, or together with "
                            "std::scoped_lock");
  return report;
}

}  // namespace

std::vector<ActorState*> WaitFor::holders(ObjectId object, const ActorState& waiter) {
  ObjectRecord* record = books_.objects.find(object);
  if (record != nullptr && record->kind.load(std::memory_order_relaxed) ==
                               static_cast<std::uint8_t>(ObjectKind::wait_group)) {
    return groups_.exact_debtors(object);
  }
  if (record == nullptr || record->handed_over.load(std::memory_order_relaxed)) return {};
  if (ActorState* owner = record->owner.load(std::memory_order_acquire); owner != nullptr) {
    const HeldLock* held = owner->held.find(object);
    // Goroutines that were started under the lock may be those that are to free it.
    if (held == nullptr || held->spawned_under.load(std::memory_order_relaxed)) return {};
    return {owner};
  }
  const bool writer = waiter.blocked_mode.load(std::memory_order_relaxed) == AccessMode::exclusive;
  const auto kind = static_cast<ObjectKind>(record->kind.load(std::memory_order_relaxed));
  if (kind != ObjectKind::rw_mutex || !writer || books_.actors.alive() > kScanned) return {};
  // A writer waits for every reader. Only parked ones matter here, and what those hold does not
  // change.
  std::vector<ActorState*> readers;
  books_.actors.for_each([&](ActorState& actor) {
    const std::uint64_t epoch = actor.epoch.load(std::memory_order_acquire);
    if ((epoch & 1) == 0 || &actor == &waiter) return;
    for (std::uint32_t i = 0, size = actor.held.size(); i < size; ++i) {
      const HeldLock& held = actor.held[i];
      if (held.object() != object) continue;
      if (!held.spawned_under.load(std::memory_order_relaxed)) readers.push_back(&actor);
      break;
    }
  });
  return readers;
}

// Depth first from the last of the chain; true when it comes back to `start`.
bool WaitFor::extend(std::vector<Blocked>& chain, ActorState& start, std::size_t& steps) {
  const Blocked& last = chain.back();
  for (ActorState* holder : holders(last.waits_for, *last.actor)) {
    if (holder == &start) return true;
    if (steps == 0) return false;
    --steps;
    Blocked next{holder, holder->uid.load(std::memory_order_relaxed),
                 holder->epoch.load(std::memory_order_acquire),
                 holder->blocked_on.load(std::memory_order_relaxed)};
    if ((next.epoch & 1) == 0 || next.waits_for == kNoObject) continue;
    const bool met = std::any_of(chain.begin(), chain.end(),
                                 [&](const Blocked& b) { return b.actor == holder; });
    if (met) continue;
    chain.push_back(next);
    if (extend(chain, start, steps)) return true;
    chain.pop_back();
  }
  return false;
}

// Epochs only grow: who is at the same one as before has not run in between. Then all of it was
// true at the moment between the two looks.
bool WaitFor::unchanged(const std::vector<Blocked>& chain) const {
  return std::all_of(chain.begin(), chain.end(), [](const Blocked& b) {
    return b.actor->uid.load(std::memory_order_relaxed) == b.uid &&
           b.actor->blocked_on.load(std::memory_order_relaxed) == b.waits_for &&
           b.actor->epoch.load(std::memory_order_acquire) == b.epoch;
  });
}

std::vector<Blocked> WaitFor::circle_of(ActorState& actor) {
  const ObjectId object = actor.blocked_on.load(std::memory_order_relaxed);
  if (object == kNoObject) return {};
  std::vector<Blocked> chain{{&actor, actor.uid.load(std::memory_order_relaxed),
                              actor.epoch.load(std::memory_order_acquire), object}};
  std::size_t steps = kSteps;
  if (!extend(chain, actor, steps)) return {};
  // Whether each still holds what the one before it waits for is asked a second time too.
  for (std::size_t i = 0; i < chain.size(); ++i) {
    ActorState* next = chain[(i + 1) % chain.size()].actor;
    const std::vector<ActorState*> now = holders(chain[i].waits_for, *chain[i].actor);
    if (std::find(now.begin(), now.end(), next) == now.end()) return {};
  }
  if (!unchanged(chain)) return {};
  return chain;
}

void WaitFor::parked(const detail::Event& event, ActorState& actor) {
  const std::vector<Blocked> circle = circle_of(actor);
  if (circle.size() <= 1) return;  // of one: told already, when it asked for its own lock
  std::uint64_t number = 0;
  for (const Blocked& member : circle) number += mix(member.uid, member.epoch);
  if (!books_.reporter.is_new(number)) return;
  Stack now;
  unwind(event, now);
  std::vector<Member> members;
  for (std::size_t i = 0; i < circle.size(); ++i) {
    ActorState& member = *circle[i].actor;
    const ObjectId wanted = circle[(i + circle.size() - 1) % circle.size()].waits_for;
    Member told;
    told.goroutine = snapshot(books_, member, &member != &actor);
    if (&member == &actor) told.goroutine.stack = pcs_of(now.frames());
    for (HeldInfo& held : held_by(
             books_, member, &member == &actor ? now.frames() : std::span<const Activation>())) {
      if (held.object.id == wanted) told.holds = std::move(held);
    }
    if (told.holds.object.id == kNoObject) {
      told.owes = true;
      told.holds.object = books_.objects.info(wanted);
      const auto counted = stack_of(groups_.counted_at(wanted, circle[i].uid));
      told.holds.stack.assign(counted.begin(), counted.end());
    }
    members.push_back(std::move(told));
    member.judge("SL201", number);
  }
  books_.reporter.report([&] { return circle_report(members); });
}

}  // namespace sluice::checked
