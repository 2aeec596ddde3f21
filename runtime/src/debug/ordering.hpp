// Feeds what goroutines tell each other into their clocks: spawn, a WaitGroup's done and wait,
// channels. Also lends locks that are held while goroutines are started to those goroutines.
#pragma once

#include "debug/books.hpp"

namespace sluice::checked {

class Ordering {
 public:
  explicit Ordering(Books& books) : books_(books) {}

  void spawned(ActorState& parent, ActorState& child);
  // `actor` says something through the object (a done, a send, a close) ...
  void told(ActorState& actor, ObjectId object) {
    if (!actor.time.has_told(object)) tell(actor, object);
  }
  // ... and hears all that was said through it so far.
  void heard(ActorState& actor, ObjectId object, Link link) {
    const ObjectRecord* record = books_.objects.find(object);
    if (record != nullptr && !has_heard(actor, object, *record)) listen(actor, object, link);
  }
  static bool has_heard(const ActorState& actor, ObjectId object, const ObjectRecord& record) {
    return actor.time.has_heard(object, record.said_version.load(std::memory_order_acquire));
  }
  // `actor` waits for others, so goroutines that it started may be among them.
  static void waited(ActorState& actor) {
    for (const auto& gates : actor.lent) gates->waited = true;
  }
  // `actor` is about to free a lock.
  static void releasing(ActorState& actor, ObjectId object) {
    if (!actor.lent.empty()) take_back(actor, object);
  }

 private:
  void tell(ActorState& actor, ObjectId object);
  void listen(ActorState& actor, ObjectId object, Link link);
  static void take_back(ActorState& actor, ObjectId object);
  static std::shared_ptr<InheritedGates> lend(ActorState& parent);

  Books& books_;
};

}  // namespace sluice::checked
