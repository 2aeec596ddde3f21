#include "debug/actor_table.hpp"

#include <mutex>

#include "debug/edge_cache.hpp"

namespace sluice::checked {

ActorTable::~ActorTable() {
  for (std::size_t i = 0; i * kChunk < size_.load(std::memory_order_relaxed); ++i) {
    ActorState* chunk = chunks_[i].load(std::memory_order_relaxed);
    for (std::size_t j = 0; j < kChunk; ++j) delete chunk[j].edges.load(std::memory_order_relaxed);
    delete[] & chunk[0].held.trail();
    delete[] chunk;
  }
}

void ActorTable::more_states(std::vector<ActorState*>& into) {
  const std::size_t size = size_.load(std::memory_order_relaxed);
  auto* chunk = new ActorState[kChunk];
  auto* trails = new detail::LockTrail[kChunk];
  for (std::size_t i = 0; i < kChunk; ++i) {
    trails[i].number = static_cast<std::uint32_t>(size + i + 1);
    trails[i].any_ranks = any_ranks_;
    trails[i].unusual = tell_all_ ? detail::LockTrail::kTellAll : 0;
    chunk[i].held.lay(trails[i]);
  }
  // From here on others look at them.
  chunks_[size / kChunk].store(chunk, std::memory_order_release);
  size_.store(size + kChunk, std::memory_order_release);
  for (std::size_t i = kChunk; i-- > 0;) into.push_back(&chunk[i]);
}

// Others do not look at what stands behind the uid as long as that is 0.
ActorState& ActorTable::add(detail::Actor& actor) {
  const auto [state, uid] = pool_->take();
  state->id = actor.id;
  state->parent_id = actor.parent_id;
  state->creation_pc = actor.creation_pc;
  state->actor = &actor;
  state->uid.store(uid, std::memory_order_release);
  actor.observer_state = state;
  actor.trail = &state->held.trail();
  return *state;
}

void ActorTable::remove(ActorState& state) {
  {
    const std::lock_guard guard(state.wait_lock);
    state.actor->observer_state = nullptr;
    state.actor->trail = nullptr;
    state.actor = nullptr;
    state.uid.store(0, std::memory_order_relaxed);
  }
  // An even epoch that was never seen before: whoever looked at the old goroutine finds that it has
  // changed.
  const std::uint64_t epoch = state.epoch.load(std::memory_order_relaxed);
  state.epoch.store(epoch + 2 - (epoch & 1), std::memory_order_release);
  state.parent_uid = 0;
  state.birth = 0;
  state.spawned = 0;
  state.held.trail().last = {};
  if (!state.held.empty()) state.held.clear();
  // Stacks of threads are of all sizes; those of goroutines lie where others of their size did.
  if (state.id == 0) state.held.forget();
  if (state.used) state.clear();
  if (EdgeCache* edges = state.edges.load(std::memory_order_relaxed); edges != nullptr) {
    edges->clear();
  }
  pool_->give_back(&state);
}

void ActorState::clear() {
  used = false;
  blocked_on.store(kNoObject, std::memory_order_relaxed);
  held.trail().unusual &= detail::LockTrail::kTellAll;
  joining_ = kNoObject;
  time.reset(nullptr);
  inherited.reset();
  lent.clear();
  channels.clear();
  daemon.store(false, std::memory_order_relaxed);
  verdict.store(nullptr, std::memory_order_relaxed);
  os_locks.clear();
  pending_adds.clear();
  last_group_id = kNoObject;
  last_group.reset();
  may_do.clear();
}

void ActorTable::forget_goroutines() {
  for_each([this](ActorState& state) {
    {
      const std::lock_guard guard(state.wait_lock);
      if (state.id == 0 || state.uid.exchange(0, std::memory_order_relaxed) == 0) return;
    }
    pool_->forget();
  });
}

Identity ActorState::identity() const {
  Identity identity;
  identity.uid = uid.load(std::memory_order_acquire);
  if (identity.uid == 0) return identity;
  identity.id = id;
  identity.parent_id = parent_id;
  identity.creation_pc = creation_pc;
  if (actor != nullptr && actor->name != nullptr) identity.name = actor->name;
  return identity;
}

}  // namespace sluice::checked
