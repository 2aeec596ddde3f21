// What goroutines tell each other through WaitGroups, channels and condition variables, and the
// order that follows from it.
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
      actor.held.tells();
      groups.added(event, actor, id);
      break;
    case EventKind::wait_group_wait:
      groups.waiting(event, actor, id);
      actor.set_joining(id);
      Ordering::waited(actor);
      break;
    default:
      if (event.other != nullptr) groups.bound(actor, books.actors.of(*event.other), id);
      break;
  }
  if (event.kind != EventKind::wait_group_bind) note(actor, event, id);
}

// It has come out of a wait: all that was done before is over.
void Hub::Parts::came_out(const Event& event, ActorState& actor) {
  ordering.heard(actor, actor.joining(), Link::certain);
  if (event.kind != EventKind::unpark) actor.set_joining(kNoObject);
}

void Hub::Parts::sent(ActorState& actor, const detail::ObjectRef& channel, ObjectId id) {
  ordering.told(actor, id);
  if (channel.capacity != 1) return;
  if (ObjectRecord* record = books.objects.find(id)) actor.channels.sent(id, record->use);
}

void Hub::Parts::received(ActorState& actor, const detail::ObjectRef& channel, ObjectId id) {
  ordering.heard(actor, id, Link::join_if_last);
  if (channel.capacity != 1) return;
  if (ObjectRecord* record = books.objects.find(id)) actor.channels.received(id, record->use);
}

void Hub::Parts::channel_event(const Event& event, ActorState& actor) {
  const ObjectId id = id_of(event);
  actor.held.tells();  // a receive, too: who sends learns of it
  switch (event.kind) {
    case EventKind::chan_received:
      if (checks) received(actor, event.objects[0], id);
      Ordering::waited(actor);
      break;
    case EventKind::chan_closed:
      channels.closing(event, actor, id);
      if (checks) ordering.told(actor, id);
      break;
    case EventKind::chan_send:
      actor.held.sends();
      if (checks) sent(actor, event.objects[0], id);
      break;
    case EventKind::chan_closed_again:
      channels.closed_again(event, actor, id);
      break;
    default:
      channels.sent_on_closed(event, actor, id);
      break;
  }
  note(actor, event, id);
}

void Hub::Parts::cond_event(const Event& event, ActorState& actor) {
  const ObjectId id = id_of(event);
  if (event.kind == EventKind::cond_notify) actor.held.tells();
  if (event.kind == EventKind::cond_notify && checks) conds.notified(event, actor, id);
  note(actor, event, id);
}

}  // namespace sluice::checked
