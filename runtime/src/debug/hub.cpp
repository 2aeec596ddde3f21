#include "debug/hub.hpp"

#include <cstdio>

#include "debug/hub_parts.hpp"

namespace sluice::checked {

using detail::Event;
using detail::EventKind;

Hub::Hub(const Options& options, const detail::RuntimeView& view)
    : parts_(std::make_unique<Parts>(options, view)) {}

Hub::~Hub() = default;

// Locks first: they are what programs do most.
void Hub::on_event(const Event& event) noexcept {
  if (event.kind >= EventKind::lock_request && event.kind <= EventKind::lock_released) {
    ActorState& actor = parts_->books.actors.of(*event.doer);
    actor.used = true;
    if (actor.joining() != kNoObject) parts_->came_out(event, actor);
    switch (event.kind) {
      case EventKind::lock_request:
        return parts_->lock_requested(event, actor);
      case EventKind::lock_released:
        return parts_->lock_released(event, actor);
      case EventKind::lock_taken:
        parts_->lock_requested(event, actor);
        return parts_->lock_acquired(event, actor);
      default:
        return parts_->lock_acquired(event, actor);
    }
  }
  if (event.doer != nullptr) {
    parts_->other_event(event, parts_->books.actors.of(*event.doer));
  } else {
    parts_->rare_event(event);
  }
}

void Hub::Parts::other_event(const Event& event, ActorState& actor) {
  if (event.kind == EventKind::exit) return ended(event, actor);
  actor.used = true;
  if (actor.joining() != kNoObject && event.kind != EventKind::park) came_out(event, actor);
  switch (event.kind) {
    case EventKind::park:
      return parked(event, actor);
    case EventKind::unpark:
      return unparked(actor);
    case EventKind::wait_group_add:
    case EventKind::wait_group_wait:
    case EventKind::wait_group_bind:
      return group_event(event, actor);
    case EventKind::chan_send:
    case EventKind::chan_closed:
    case EventKind::chan_received:
    case EventKind::chan_closed_again:
    case EventKind::chan_send_on_closed:
      return channel_event(event, actor);
    case EventKind::cond_wait:
    case EventKind::cond_notify:
      return cond_event(event, actor);
    case EventKind::os_lock_acquired:
      return ParkedHolding::os_lock_acquired(event, actor);
    case EventKind::os_lock_released:
      actor.held.tells();
      return ParkedHolding::os_lock_released(event, actor);
    case EventKind::signalled:
      return actor.held.tells();
    case EventKind::uncaught:
      return panics.uncaught(actor, event.text);
    default:
      return rare_event(event);
  }
}

void Hub::Parts::rare_event(const Event& event) {
  switch (event.kind) {
    case EventKind::created:
      return created(event);
    case EventKind::named:
      if (!event.objects.empty()) books.objects.set_name(event.objects[0].address, event.text);
      return;
    case EventKind::order_exempt:
      if (checks) order.exempt(event.objects[0].address, event.objects[1].address);
      return;
    case EventKind::ranked:
      if (event.objects.empty()) return;
      return books.objects.set_rank(event.objects[0].address,
                                    static_cast<std::int32_t>(event.value));
    case EventKind::destroyed:
      return destroyed(event);
    case EventKind::spawn:
      return spawned(event);
    case EventKind::run_begin:
      return books.actors.forget_goroutines();
    case EventKind::run_end:
      return run_ended();
    case EventKind::all_asleep:
      return all_asleep();
    case EventKind::quiet:
      return quiet(event.value);
    default:
      return;
  }
}

void Hub::finish() {
  const std::string line = parts_->books.reporter.summary();
  if (!line.empty()) std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace sluice::checked
