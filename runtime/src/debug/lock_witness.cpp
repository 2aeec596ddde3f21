#include "debug/lock_witness.hpp"

namespace sluice::checked {
namespace {

bool keep_apart(const Gate& a, const Gate& b) {
  if (a.object != b.object) return false;
  if (a.channel != nullptr) {
    if (a.by_sending != b.by_sending) return false;
    // Of one that is gone no more is known than that both had used it alike.
    const bool alive = a.channel->id.load(std::memory_order_relaxed) == a.object;
    if (alive && !a.channel->use.is_lock(a.by_sending)) return false;
  }
  if (a.mode == detail::AccessMode::shared && b.mode == detail::AccessMode::shared) return false;
  return a.holder != b.holder || a.serial != b.serial;
}

bool any_keeps_apart(const std::vector<Gate>& a, const std::vector<Gate>& b) {
  for (const Gate& x : a) {
    for (const Gate& y : b) {
      if (keep_apart(x, y)) return true;
    }
  }
  return false;
}

// Calls `visit` with each list of locks that the goroutine held or could rely on.
template <class Visit>
bool any_list(const Witness& witness, Visit visit) {
  if (visit(witness.held)) return true;
  for (const InheritedGates* up = witness.inherited.get(); up != nullptr; up = up->up.get()) {
    if (!up->broken.load(std::memory_order_acquire) && visit(up->gates)) return true;
  }
  return false;
}

}  // namespace

bool Witness::same_as(const Witness& other) const {
  if (who.uid != other.who.uid || from_mode != other.from_mode || to_mode != other.to_mode ||
      held.size() != other.held.size()) {
    return false;
  }
  for (const Gate& gate : held) {
    bool found = false;
    for (const Gate& theirs : other.held) {
      found |= gate.object == theirs.object && gate.mode == theirs.mode;
    }
    if (!found) return false;
  }
  return inherited == other.inherited;
}

Obstacle between(const Witness& a, const Witness& b) {
  if (a.who.uid == b.who.uid) return Obstacle::same_goroutine;
  const bool apart = any_list(a, [&](const std::vector<Gate>& of_a) {
    return any_list(b, [&](const std::vector<Gate>& of_b) { return any_keeps_apart(of_a, of_b); });
  });
  if (apart) return Obstacle::common_lock;
  if (ordered(a.when, b.when) || ordered(b.when, a.when)) return Obstacle::ordered;
  return Obstacle::none;
}

const char* to_text(Obstacle obstacle) noexcept {
  switch (obstacle) {
    case Obstacle::same_goroutine:
      return "same goroutine";
    case Obstacle::common_lock:
      return "under a common lock";
    case Obstacle::ordered:
      return "ordered by spawn, join or wait";
    case Obstacle::exempt:
      return "exempt in code";
    case Obstacle::only_readers:
      return "among readers only";
    default:
      return "possible";
  }
}

}  // namespace sluice::checked
