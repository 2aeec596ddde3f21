// What goroutines do with locks: who holds what is written down, and told to those who judge it.
#include "debug/hub_parts.hpp"

namespace sluice::checked {

using detail::AccessMode;
using detail::Event;
using detail::EventKind;
using detail::ObjectKind;

void Hub::Parts::lock_requested(const Event& event, ActorState& actor) {
  if (actor.held.empty()) return;
  const ObjectId id = id_of(event);
  if (id == kNoObject) return;
  if (HeldLock* held = actor.held.find(id); held != nullptr) {
    const ObjectRecord* record = books.objects.find(id);
    if (record != nullptr && !record->handed_over.load(std::memory_order_relaxed)) {
      again.requested(event, actor, id, *held);
    }
    return;
  }
  if (!checks) return;
  order.requested(event, actor, id);
  if (books.options.classes) class_order.requested(event, actor, id);
  if (books.objects.any_ranks()) check_rank(books, event, actor, id);
}

void Hub::Parts::lock_acquired(const Event& event, ActorState& actor) {
  const ObjectId id = id_of(event);
  ObjectRecord* record = books.objects.find(id);
  if (record == nullptr) return;
  if (record->handed_over.load(std::memory_order_relaxed)) {
    // What it took before and somebody else has freed.
    if (HeldLock* stale = actor.held.find(id, event.mode)) actor.held.remove(*stale);
  }
  HeldLock& held = actor.held.push(id, event.mode, *record);
  take_site(event, held.site);
  if (whole_stacks) held.stack = quick_stack({event.doer, event.pc, event.frame});
  actor.held.trail().last = {event.kind, event.reason, id, event.pc};
  if (event.mode != AccessMode::exclusive) return;
  record->owner.store(&actor, std::memory_order_release);
  if (event.objects[0].kind == ObjectKind::rw_mutex && checks) order.written(actor, id);
}

void Hub::Parts::lock_released(const Event& event, ActorState& actor) {
  const ObjectId id = id_of(event);
  ObjectRecord* record = books.objects.find(id);
  if (record == nullptr) return;
  HeldLock* held = actor.held.find(id, event.mode);
  if (held == nullptr) {
    const bool told = actor.held.trail().last.kind == EventKind::cond_wait &&
                      conds.freed_by_wait(event, actor, id);
    misuse.released_by_other(event, actor, id, !told);
    return note(actor, event, id);
  }
  note(actor, event, id);
  Ordering::releasing(actor, id);
  if (event.mode == AccessMode::exclusive) record->freed();
  actor.held.remove(*held);
}

}  // namespace sluice::checked
