// Goroutines that park and go on: what each waits for is written down, for all to see.
#include <algorithm>

#include "debug/hub_parts.hpp"
#include "debug/withdrawn.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;
using detail::Event;
using detail::WaitReason;

bool waits_for_an_owner(WaitReason reason) {
  return reason == WaitReason::mutex_lock || reason == WaitReason::rw_mutex_lock ||
         reason == WaitReason::rw_mutex_lock_shared || reason == WaitReason::once_call ||
         reason == WaitReason::wait_group_wait;
}

bool only_nil(const Event& event) {
  return event.value == 0 && !event.objects.empty() &&
         event.objects[0].kind == detail::ObjectKind::channel &&
         std::all_of(event.objects.begin(), event.objects.end(),
                     [](const detail::ObjectRef& object) { return object.tag == nullptr; });
}

class Looking {
 public:
  explicit Looking(ActorState& actor) : actor_(actor) {
    actor_.looking.store(true, std::memory_order_relaxed);
  }
  ~Looking() { actor_.looking.store(false, std::memory_order_release); }

 private:
  ActorState& actor_;
};

}  // namespace

void Hub::Parts::parked(const Event& event, ActorState& actor) {
  const Looking looking(actor);
  const ObjectId first = id_of(event);
  {
    const std::lock_guard guard(actor.wait_lock);
    Wait& wait = actor.wait;
    wait.reason = event.reason;
    wait.timed = event.value != 0;
    wait.since = books.roughly_since_start();
    wait.pc = event.pc;
    wait.frame = event.frame;
    wait.io.assign(event.text);
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
  parked_holding.parked(event, actor);
  note(actor, event, first);
  Ordering::waited(actor);
  if (event.reason == WaitReason::wait_group_wait && first != kNoObject) {
    groups.parked(event, actor, first);
  }
  if (only_nil(event)) return channels.parked_on_nil(event, actor);
  if (actor.blocked_on.load(std::memory_order_relaxed) == kNoObject) return;
  misuse.parked_on_orphan(event, actor, first);
  if (const HeldLock* own = actor.held.find(first); own != nullptr) {
    again.parked(actor, first, *own);
  }
  // Who holds and owes nothing is waited for by nobody.
  if (!actor.held.empty() || !actor.may_do.empty()) wait_for.parked(event, actor);
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

// What was said to be certain was not: whoever made that verdict must be told of it.
void Hub::Parts::withdraw(ActorState& actor) {
  const char* code = actor.verdict.exchange(nullptr, std::memory_order_acquire);
  if (code == nullptr) return;
  const Identity who_runs = actor.identity();
  books.reporter.withdraw(actor.verdict_number.load(std::memory_order_relaxed),
                          [&] { return withdrawn_report(code, who_runs, "it has gone on"); });
}

}  // namespace sluice::checked
