#include "debug/state_pool.hpp"

#include <algorithm>
#include <mutex>

#include "base/sanitizers.hpp"

namespace sluice::checked {

// A thread's own, given back when it ends.
class ThreadsSpares {
 public:
  ~ThreadsSpares();
  void join(StatePool& pool);
  void leave();

  SpareStates spares;

 private:
  std::shared_ptr<StatePool> pool_;
};

namespace {

[[gnu::tls_model("initial-exec")]] constinit thread_local SpareStates* t_spares = nullptr;
[[gnu::tls_model("initial-exec")]] constinit thread_local bool t_ends = false;

}  // namespace

ThreadsSpares::~ThreadsSpares() {
  leave();
  t_spares = nullptr;
  t_ends = true;
}

void ThreadsSpares::join(StatePool& pool) {
  leave();
  pool_ = pool.shared_from_this();
  const std::lock_guard guard(pool.lock_);
  pool.threads_.push_back(&spares);
  spares.pool = &pool;
}

void ThreadsSpares::leave() {
  if (pool_ == nullptr) return;
  pool_->empty(spares, 0);
  const std::lock_guard guard(pool_->lock_);
  std::erase(pool_->threads_, &spares);
  pool_->born_ += spares.born.exchange(0, std::memory_order_relaxed);
  pool_->died_ += spares.died.exchange(0, std::memory_order_relaxed);
  spares.next_uid = 1;
  spares.last_uid = 0;
  spares.pool = nullptr;
}

// Null: there are none, and the pool itself is to be asked. While the thread ends; and for
// ThreadSanitizer, which can't see that goroutines that use a state one after the other on the same
// thread do so in this order.
SpareStates* StatePool::mine() {
  if (t_spares != nullptr && t_spares->pool == this) return t_spares;
  if (SLUICE_TSAN || t_ends) return nullptr;
  thread_local ThreadsSpares own;
  own.join(*this);
  return t_spares = &own.spares;
}

StatePool::Birth StatePool::take() {
  SpareStates* spares = mine();
  if (spares == nullptr) return take_here();
  if (spares->count == 0 || spares->next_uid > spares->last_uid) refill(*spares);
  spares->born.store(spares->born.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return {spares->states[--spares->count], spares->next_uid++};
}

StatePool::Birth StatePool::take_here() {
  const std::lock_guard guard(lock_);
  if (free_.empty()) source_.more_states(free_);
  ActorState* state = free_.back();
  free_.pop_back();
  ++born_;
  return {state, ++last_uid_};
}

void StatePool::give_back(ActorState* state) {
  SpareStates* spares = mine();
  if (spares == nullptr) {
    const std::lock_guard guard(lock_);
    free_.push_back(state);
    ++died_;
    return;
  }
  if (spares->count == 2 * SpareStates::kBatch) empty(*spares, SpareStates::kBatch);
  spares->states[spares->count++] = state;
  // Whoever sees this death sees the birth as well.
  spares->died.store(spares->died.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

void StatePool::forget() {
  const std::lock_guard guard(lock_);
  ++died_;
}

// Deaths first: a goroutine that is born and dies meanwhile must not count as a death alone.
std::size_t StatePool::taken() const {
  const std::lock_guard guard(lock_);
  std::uint64_t died = died_;
  for (const SpareStates* each : threads_) died += each->died.load(std::memory_order_acquire);
  std::uint64_t born = born_;
  for (const SpareStates* each : threads_) born += each->born.load(std::memory_order_relaxed);
  return born - died;
}

void StatePool::refill(SpareStates& spares) {
  const std::lock_guard guard(lock_);
  while (spares.count < SpareStates::kBatch) {
    if (free_.empty()) source_.more_states(free_);
    spares.states[spares.count++] = free_.back();
    free_.pop_back();
  }
  spares.next_uid = last_uid_ + 1;
  last_uid_ += SpareStates::kBatch;
  spares.last_uid = last_uid_;
}

void StatePool::empty(SpareStates& spares, std::size_t down_to) {
  const std::lock_guard guard(lock_);
  while (spares.count > down_to) free_.push_back(spares.states[--spares.count]);
}

}  // namespace sluice::checked
