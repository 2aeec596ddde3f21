// Goroutines and objects from their making to their end.
#include "debug/hub_parts.hpp"

namespace sluice::checked {

using detail::Event;
using detail::ObjectKind;

void Hub::Parts::spawned(const Event& event) {
  if (event.other == nullptr) return;
  ActorState& child = books.actors.of(*event.other);
  if (event.doer == nullptr) return;
  ActorState& parent = books.actors.of(*event.doer);
  child.parent_uid = parent.uid.load(std::memory_order_relaxed);
  child.birth = ++parent.spawned;
  note(parent, event, kNoObject);
  parent.held.sends();
  for (std::uint32_t i = 0; i < parent.held.size(); ++i) {
    parent.held[i].spawns_under();
  }
  if (checks) ordering.spawned(parent, child);
  groups.spawned(parent, child);
  child.used = child.time.past() != nullptr || child.inherited != nullptr || !child.may_do.empty();
}

void Hub::Parts::ended(const Event& event, ActorState& actor) {
  if (!actor.held.empty()) misuse.ended_holding(event, actor);
  if (actor.used) groups.ended(event, actor);
  if (checks) order.ended(actor);
  books.actors.remove(actor);
}

void Hub::Parts::created(const Event& event) {
  if (event.objects.empty() || event.objects[0].tag == nullptr) return;
  Site site;
  if (event.doer != nullptr) take_site(event, site);
  books.objects.created(event.objects[0], event, site);
}

void Hub::Parts::destroyed(const Event& event) {
  if (event.objects.empty() || event.objects[0].tag == nullptr) return;
  const detail::ObjectRef& object = event.objects[0];
  const ObjectId id = object.tag->id.load(std::memory_order_acquire);
  if (id == kNoObject) return;
  switch (object.kind) {
    case ObjectKind::wait_group:
      groups.destroyed(event, id);
      break;
    case ObjectKind::channel:
      channels.destroyed(event, id);
      break;
    case ObjectKind::timer:
      break;
    case ObjectKind::cond:
      conds.destroyed(id);
      [[fallthrough]];
    default:
      if (event.value != 0) misuse.destroyed_in_use(event, id);
      misuse.destroyed(id);
      if (checks) order.destroyed(id);
      if (books.options.classes) class_order.destroyed(id);
  }
  object.tag->id.store(kNoObject, std::memory_order_relaxed);
  books.objects.remove(id);
}

}  // namespace sluice::checked
