// What goroutines tell each other through WaitGroups and channels, and the order that follows from
// it.
#include "debug/hub_parts.hpp"

namespace sluice::checked {

using detail::Event;
using detail::EventKind;

void Hub::Parts::group_event(const Event& event, ActorState& actor) {
  const ObjectId id = id_of(event);
  if (id == kNoObject) return;
  switch (event.kind) {
    case EventKind::wait_group_add:
      if (checks && event.value < 0) ordering.told(actor, id);
      groups.added(event, actor, id);
      break;
    case EventKind::wait_group_wait:
      groups.waiting(event, actor, id);
      actor.joining = id;
      Ordering::waited(actor);
      break;
    default:
      if (event.other != nullptr) groups.bound(books.actors.of(*event.other), id);
      break;
  }
  if (event.kind != EventKind::wait_group_bind) note(actor, event, id);
}

// It has come out of a wait: all that was done before is over.
void Hub::Parts::came_out(const Event& event, ActorState& actor) {
  ordering.heard(actor, actor.joining, Link::certain);
  if (event.kind != EventKind::unpark) actor.joining = kNoObject;
}

void Hub::Parts::channel_event(const Event& event, ActorState& actor) {
  if (event.kind == EventKind::chan_received) {
    const ObjectId id = id_of(event);
    if (checks) ordering.heard(actor, id, Link::join_if_last);
    Ordering::waited(actor);
    return note(actor, event, id);
  }
  for (const detail::ObjectRef& object : event.objects) {
    if (checks) ordering.told(actor, books.objects.id_of(object, event));
  }
  note(actor, event, id_of(event));
}

}  // namespace sluice::checked
