#include "debug/destroyed_in_use.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;
using detail::ObjectKind;

struct User {
  Identity who;
  bool holds = false;  // else it waits
  std::vector<const void*> stack;
};

// Living ones only; `now` is the stack of the one that destroys.
std::vector<User> users_of(Books& books, ObjectId object, const ActorState* self,
                           std::span<const Activation> now) {
  std::vector<User> users;
  books.actors.for_each([&](ActorState& actor) {
    if (actor.uid.load(std::memory_order_acquire) == 0) return;
    for (std::uint32_t i = 0; i < actor.held.size(); ++i) {
      HeldLock& held = actor.held[i];
      if (held.object() != object) continue;
      User user{actor.identity(), true, {}};
      // Of a goroutine that runs the place is not to be had: it may be on its way out.
      if (&actor == self || actor.parked()) {
        user.stack = stack_at(held.site, &actor == self ? now : std::span<const Activation>());
      }
      users.push_back(std::move(user));
      return;
    }
    const std::lock_guard guard(actor.wait_lock);
    if (!actor.parked()) return;
    for (const Wait::Target& target : actor.wait.targets) {
      if (target.object != object) continue;
      users.push_back({actor.identity(), false, {actor.wait.pc}});
      return;
    }
  });
  return users;
}

const char* kept_by(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::cond:
    case ObjectKind::semaphore:
      return " is destroyed while somebody waits for it";
    case ObjectKind::once:
      return " is destroyed while its function runs";
    default:
      return " is destroyed while it is locked or waited for";
  }
}

}  // namespace

void report_destroyed_in_use(Books& books, const detail::Event& event, ObjectId object,
                             const std::optional<EndedHolder>& ended) {
  std::uint64_t number = mix(122, reinterpret_cast<std::uintptr_t>(event.pc));
  if (!books.reporter.is_new(number)) return;
  const ObjectInfo info = books.objects.info(object);
  const ObjectKind kind = info.kind;
  Stack now;
  unwind(event, now);
  const std::vector<const void*> pcs = pcs_of(now.frames());
  const auto* self =
      event.doer == nullptr ? nullptr : static_cast<const ActorState*>(event.doer->observer_state);
  const std::vector<User> users = users_of(books, object, self, now.frames());
  books.reporter.report([&] {
    Names names;
    Report report;
    report.code = "SL122";
    report.title = names.quoted(info) + kept_by(kind);
    report.certainty = "certain";
    report.why =
        "whoever holds it or waits for it will touch memory that is no longer " + kind_name(kind);
    Section& section = report.section();
    add_stack(section, 5, pcs, "destroyed here");
    if (ended.has_value()) {
      section.add(5, who(ended->who) + ", which has ended, holds it");
      add_stack(section, 5, ended->held.stack, "since here", 4);
    }
    for (std::size_t i = 0; i < users.size() && i < 4; ++i) {
      section.add(5, who(users[i].who) + (users[i].holds ? " holds it" : " waits for it"));
      add_stack(section, 5, users[i].stack, users[i].holds ? "since here" : "here", 4);
    }
    if (users.size() > 4) section.add(5, "and " + counted(users.size() - 4, "other"));
    Section& end = report.section();
    end.add(2, "objects: " + names.origin(info));
    end.add_prose(2,
                  "help: let it live as long as its users, as a shared_ptr or by waiting for "
                  "them before it goes");
    return report;
  });
}

}  // namespace sluice::checked
