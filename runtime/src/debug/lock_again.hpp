// A goroutine that takes a lock again which it holds: it waits for itself (SL110), or may come to,
// where both are read locks (SL103). Any goroutine may free a lock, so it is certain only while
// nobody can have been told of it; else it is left to those who see who can still run, and to time.
#pragma once

#include <mutex>
#include <vector>

#include "base/thread_mutex.hpp"
#include "debug/snapshot.hpp"

namespace sluice::checked {

class LockAgain {
 public:
  explicit LockAgain(Books& books) : books_(books) {}

  // `actor` asks for `object` and holds it already.
  void requested(const detail::Event& event, ActorState& actor, ObjectId object, HeldLock& held);
  // `actor` has just been marked as parked on `object`, which it holds, for ever.
  void parked(ActorState& actor, ObjectId object, const HeldLock& held);

  // Called now and then. One that has waited for its own lock for long, where locks are used as
  // locks, is told of as likely.
  void quiet();
  // Main has returned: those that wait for themselves are told of, too.
  void run_ended();

 private:
  // One that was not told of when it parked.
  struct Waits {
    ActorState* actor = nullptr;
    std::uint64_t uid = 0;
    std::uint64_t epoch = 0;
    ObjectId object = kNoObject;
    std::int64_t since = 0;
    bool still() const;
  };

  bool writer_waits(ObjectId object);
  void tell(const Waits& waits, std::string why);

  Books& books_;
  base::ThreadMutex lock_;
  std::vector<Waits> waits_;
};

}  // namespace sluice::checked
