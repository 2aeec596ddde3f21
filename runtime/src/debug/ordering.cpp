#include "debug/ordering.hpp"

#include <algorithm>
#include <mutex>

namespace sluice::checked {

std::shared_ptr<InheritedGates> Ordering::lend(ActorState& parent) {
  if (parent.held.empty()) return parent.inherited;
  auto gates = std::make_shared<InheritedGates>();
  gates->up = parent.inherited;
  const std::uint64_t holder = parent.uid.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < parent.held.size(); ++i) {
    HeldLock& held = parent.held[i];
    gates->gates.push_back({held.object(), held.mode(), holder, parent.held.serial(held)});
  }
  parent.lent.push_back(gates);
  parent.held.trail().unusual |= ActorState::kHasLent;
  return gates;
}

void Ordering::spawned(ActorState& parent, ActorState& child) {
  if (ClockRef past = parent.time.tell(); past != nullptr) child.time.reset(std::move(past));
  if (!parent.held.empty() || parent.inherited != nullptr) child.inherited = lend(parent);
  for (const auto& gates : parent.lent) gates->waited = false;
}

void Ordering::take_back(ActorState& actor, ObjectId object) {
  std::erase_if(actor.lent, [object](const std::shared_ptr<InheritedGates>& gates) {
    const bool among = std::any_of(gates->gates.begin(), gates->gates.end(),
                                   [object](const Gate& gate) { return gate.object == object; });
    if (among && !gates->waited) gates->broken.store(true, std::memory_order_release);
    return among;
  });
  if (actor.lent.empty()) actor.held.trail().unusual &= ~ActorState::kHasLent;
}

void Ordering::tell(ActorState& actor, ObjectId object) {
  ObjectRecord* record = books_.objects.find(object);
  if (record == nullptr) return;
  const ClockRef told = actor.time.tell();
  const std::lock_guard guard(record->said_lock);
  if (record->id.load(std::memory_order_relaxed) != object) return;
  ClockRef said = join(record->said, told, Link::certain);
  if (said != record->said) {
    record->said = std::move(said);
    const std::uint32_t version = record->said_version.load(std::memory_order_relaxed) + 1;
    record->said_version.store(version != 0 ? version : 1, std::memory_order_release);
  }
  actor.time.note_told(object);
}

void Ordering::listen(ActorState& actor, ObjectId object, Link link) {
  ObjectRecord* record = books_.objects.find(object);
  if (record == nullptr) return;
  ClockRef said;
  std::uint32_t version = 0;
  {
    const std::lock_guard guard(record->said_lock);
    if (record->id.load(std::memory_order_relaxed) != object) return;
    said = record->said;
    version = record->said_version.load(std::memory_order_relaxed);
  }
  actor.time.learn(said, link);
  actor.time.note_heard(object, version);
}

}  // namespace sluice::checked
