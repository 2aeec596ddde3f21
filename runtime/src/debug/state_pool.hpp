// Free states of goroutines, and numbers for the next ones. Each thread keeps some of both for
// itself, as goroutines start and end too often for a lock that all threads share.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/spin_lock.hpp"

namespace sluice::checked {

struct ActorState;
class StatePool;

// What one thread keeps. Used by that thread alone, but for the counts.
struct SpareStates {
  static constexpr std::size_t kBatch = 32;
  StatePool* pool = nullptr;
  std::size_t count = 0;
  ActorState* states[2 * kBatch];
  std::uint64_t next_uid = 1, last_uid = 0;
  std::atomic<std::uint64_t> born{0}, died{0};
};

// Where new states come from: appends some, with the pool's lock held.
class StateSource {
 public:
  virtual void more_states(std::vector<ActorState*>& into) = 0;

 protected:
  ~StateSource() = default;
};

// Outlives its source for as long as threads keep states that came from it.
class StatePool : public std::enable_shared_from_this<StatePool> {
 public:
  struct Birth {
    ActorState* state;
    std::uint64_t uid;
  };

  explicit StatePool(StateSource& source) : source_(source) {}
  StatePool(const StatePool&) = delete;

  // A state that nobody has, and a number that nobody had. The caller may be a goroutine: it must
  // not be moved to another thread meanwhile.
  Birth take();
  void give_back(ActorState* state);
  // A state that will never be given back.
  void forget();
  // How many were taken and not given back, at some moment during the call; births that happen
  // meanwhile may count as well.
  std::size_t taken() const;

 private:
  friend class ThreadsSpares;
  SpareStates* mine();
  Birth take_here();
  void refill(SpareStates& spares);
  void empty(SpareStates& spares, std::size_t down_to);

  StateSource& source_;
  mutable base::SpinLock lock_;
  std::vector<ActorState*> free_;
  std::vector<SpareStates*> threads_;
  std::uint64_t last_uid_ = 0;
  std::uint64_t born_ = 0, died_ = 0;  // by threads that have left
};

}  // namespace sluice::checked
