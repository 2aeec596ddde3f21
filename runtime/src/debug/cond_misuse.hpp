// What is done wrong with condition variables: a wait with the lock not held (SL123), and
// notifications that nobody was there to hear (SL130, a note). Keeps the latter, because a
// goroutine that waits for ever has often missed one.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/thread_mutex.hpp"
#include "debug/snapshot.hpp"

namespace sluice::checked {

// Notifications of one Cond while nobody waited.
struct Unheard {
  std::uint64_t count = 0;
  // The last of them.
  Identity by;
  StackId site = kNoStack;
  std::int64_t at = 0;  // since the start
};

class CondMisuse {
 public:
  explicit CondMisuse(Books& books) : books_(books) {}

  // `actor`, which has just entered a wait, frees a lock that it does not hold. False: it is not
  // known who holds it, or whether anybody does.
  bool freed_by_wait(const detail::Event& event, ActorState& actor, ObjectId lock);
  void notified(const detail::Event& event, ActorState& actor, ObjectId cond);
  void destroyed(ObjectId cond);

  // What nobody has heard before `until`.
  std::optional<Unheard> unheard(ObjectId cond, std::int64_t until);

 private:
  Books& books_;
  base::ThreadMutex lock_;
  std::unordered_map<ObjectId, Unheard> unheard_;  // guarded by lock_
};

}  // namespace sluice::checked
