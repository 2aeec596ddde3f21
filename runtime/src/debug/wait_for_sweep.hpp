// All waits for locks at once, followed to their ends: who waits for whom, and who of them for
// ever. Stops nobody, and takes a few nanoseconds for each goroutine.
#pragma once

#include <cstdint>
#include <vector>

#include "debug/books.hpp"

namespace sluice::checked {

// Each goroutine waits for at most one other here: of a lock that several hold, and of a WaitGroup,
// nothing is followed. Those that lead into a circle are stuck. What is read may be half old, so
// each of them is read a second time: one whose epoch is the same has not run in between.
class WaitForSweep {
 public:
  explicit WaitForSweep(Books& books) : books_(books) {}

  // Those that are in a circle or behind one. One call at a time; valid until the next.
  const std::vector<ActorState*>& run();

 private:
  struct Waiter {
    ActorState* actor = nullptr;
    ActorState* owner = nullptr;  // of what it waits for
    std::uint64_t epoch = 0;
    ObjectId object = kNoObject;
    std::uint32_t next = 0;  // the owner's place, plus one; 0: it does not wait for a lock
    enum class Mark : std::uint8_t { fresh, on_path, free, stuck } mark = Mark::fresh;
  };

  void collect();
  void find_owners();
  void follow();
  bool unchanged(const Waiter& waiter);

  Books& books_;
  std::vector<Waiter> waiters_;
  std::vector<std::uint32_t> path_;
  std::vector<ActorState*> stuck_;
};

}  // namespace sluice::checked
