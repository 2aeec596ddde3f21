// Locks and memory of a state: lookup, renaming and joining. What is known about values is in
// state_facts.cpp.
#include "paths/state.hpp"

#include <algorithm>

namespace sluice::checker {
namespace {

template <class Entries>
auto lower_bound_of(Entries& entries, const Value* key) {
  return std::lower_bound(
      entries.begin(), entries.end(), key,
      [](const auto& entry, const Value* wanted) { return entry.first->id < wanted->id; });
}

auto lower_bound_of_locks(llvm::SmallVectorImpl<HeldLock>& locks, const Value* place) {
  return std::lower_bound(
      locks.begin(), locks.end(), place,
      [](const HeldLock& lock, const Value* wanted) { return lock.place->id < wanted->id; });
}

bool is_local(const Value* place) {
  while (place->kind == ValueKind::field || place->kind == ValueKind::element)
    place = place->base();
  if (place->kind != ValueKind::variable) return place->kind != ValueKind::deref;
  return llvm::cast<clang::VarDecl>(place->decl())->hasLocalStorage();
}

bool is_made_of(const Value* value, const Value* one, const Value* other) {
  if (value == one || value == other) return true;
  return value->may_mention(one) && llvm::any_of(value->parts, [&](const Value* part) {
           return is_made_of(part, one, other);
         });
}

// The places outside of this function's own variables that `value` was read from.
void shared_places(const Value* value, llvm::SmallVectorImpl<const Value*>& places) {
  if (value->kind == ValueKind::load && !is_local(value->base())) places.push_back(value->base());
  if (value->kind == ValueKind::opaque && value->base() != nullptr && !is_local(value->base())) {
    places.push_back(value->base());
  }
  for (const Value* part : value->parts) shared_places(part, places);
}

}  // namespace

HeldLock* State::find_lock(const Value* place) {
  const auto at = lower_bound_of_locks(locks, place);
  return at != locks.end() && at->place == place ? &*at : nullptr;
}

HeldLock& State::lock_entry(const Value* place) {
  auto at = lower_bound_of_locks(locks, place);
  if (at == locks.end() || at->place != place) {
    at = locks.insert(at, HeldLock());
    at->place = place;
  }
  return *at;
}

void State::erase_lock(const Value* place) {
  llvm::erase_if(locks, [&](const HeldLock& lock) { return lock.place == place; });
}

void State::note_taken(const HeldLock& lock) {
  forget_taken(lock.place);
  taken.push_back(lock);
}

const HeldLock* State::find_taken(const Value* place) const {
  const auto at = llvm::find_if(taken, [&](const HeldLock& lock) { return lock.place == place; });
  return at == taken.end() ? nullptr : &*at;
}

void State::doubt_taken(const Value* place) {
  for (HeldLock& lock : taken) {
    if (lock.place == place) lock.maybe_released = true;
  }
}

void State::forget_taken(const Value* place) {
  llvm::erase_if(taken, [&](const HeldLock& lock) { return lock.place == place; });
}

bool State::same_locks(const State& other) const {
  return std::equal(locks.begin(), locks.end(), other.locks.begin(), other.locks.end(),
                    [](const HeldLock& a, const HeldLock& b) { return a.same_holding(b); });
}

bool State::holds_by_hand() const {
  return std::any_of(locks.begin(), locks.end(),
                     [](const HeldLock& lock) { return lock.balance > 0 && !lock.by_guard; });
}

const Value* State::content(Values& values, const Value* place) const {
  if (place->has_unknown) return values.unknown();
  const auto at = lower_bound_of(memory_, place);
  if (at != memory_.end() && at->first == place) return at->second;
  return values.load(place);
}

void State::store(const Value* place, const Value* content) {
  if (place->has_unknown) return;
  const auto at = lower_bound_of(memory_, place);
  if (at != memory_.end() && at->first == place) {
    at->second = content;
  } else {
    memory_.insert(at, {place, content});
  }
}

void State::forget_inside(const Value* place) {
  llvm::erase_if(memory_, [&](const auto& entry) { return entry.first->is_inside(place); });
}

const Value* State::result(const clang::Stmt* expression) const {
  const auto at =
      llvm::find_if(results_, [&](const auto& entry) { return entry.first == expression; });
  return at == results_.end() ? nullptr : at->second;
}

void State::set_result(const clang::Stmt* expression, const Value* value) {
  const auto at =
      llvm::find_if(results_, [&](const auto& entry) { return entry.first == expression; });
  if (at != results_.end()) {
    at->second = value;
  } else {
    results_.push_back({expression, value});
  }
}

const Value* State::fresh(Values& values, const void* site, const Value* place, bool may_repeat) {
  const Value* now = values.opaque(site, place, 0);
  if (!may_repeat || now->has_unknown) return now;
  const Value* before = values.opaque(site, place, 1);
  // Mostly nothing is left of an earlier passing, and there is nothing to rename.
  const auto is_left = [&](const Value* value) {
    return value != nullptr && is_made_of(value, now, before);
  };
  const bool is_any_left =
      llvm::any_of(memory_, [&](auto& at) { return is_left(at.first) || is_left(at.second); }) ||
      llvm::any_of(facts_, [&](auto& at) { return is_left(at.subject) || is_left(at.under); }) ||
      llvm::any_of(results_, [&](auto& at) { return is_left(at.second); }) ||
      llvm::any_of(locks, [&](auto& lock) { return is_left(lock.place); });
  if (!is_any_left) return now;
  rename(values, [&](const Value* value) -> const Value* {
    if (value == now) return before;
    if (value == before) return values.unknown();
    return value->may_mention(now) ? nullptr : value;
  });
  return now;
}

void State::rename(Values& values, llvm::function_ref<const Value*(const Value*)> change) {
  decltype(memory_) memory;
  std::swap(memory, memory_);
  for (const auto& [place, content] : memory) {
    const Value* new_place = values.replace(place, change);
    if (!new_place->has_unknown) store(new_place, values.replace(content, change));
  }
  decltype(facts_) facts;
  std::swap(facts, facts_);
  for (const Fact& fact : facts) {
    const Value* subject = values.replace(fact.subject, change);
    if (subject->has_unknown || subject->kind == ValueKind::constant) continue;
    const Value* under = fact.under == nullptr ? nullptr : values.replace(fact.under, change);
    set_fact(subject, fact.range, under);
  }
  for (auto& [expression, value] : results_) value = values.replace(value, change);
  decltype(locks) held;
  std::swap(held, locks);
  for (const HeldLock& lock : held) {
    const Value* place = values.replace(lock.place, change);
    if (place->has_unknown)
      continue;  // It has lost its name: nothing can be said about it any more.
    HeldLock& entry = lock_entry(place);
    if (entry.balance == 0) {
      entry = lock;
      entry.place = place;
      if (lock.came_with != nullptr) entry.came_with = values.replace(lock.came_with, change);
    }
  }
}

void State::outdate(Values& values, const Value* lock, const void* site) {
  llvm::SmallVector<const Value*, 4> places;
  for (const Fact& fact : facts_) {
    if (fact.under == lock) shared_places(fact.subject, places);
  }
  for (const Value* place : places) store(place, fresh(values, site, place, true));
}

bool State::join(Values& values, const State& other, const void* block) {
  bool changed = false;
  llvm::SmallVector<std::pair<const Value*, Range>, 8> joined;
  decltype(memory_) memory;
  const auto* our = memory_.begin();
  const auto* their = other.memory_.begin();
  while (our != memory_.end() || their != other.memory_.end()) {
    const bool only_ours = their == other.memory_.end();
    const bool only_theirs = our == memory_.end();
    const bool is_ours = only_ours || (!only_theirs && our->first->id <= their->first->id);
    const bool is_theirs = only_theirs || (!only_ours && their->first->id <= our->first->id);
    const Value* place = is_ours ? our->first : their->first;
    const Value* ours = is_ours ? (our++)->second : values.load(place);
    const Value* theirs = is_theirs ? (their++)->second : values.load(place);
    const bool is_joined = ours->kind == ValueKind::opaque && ours->tag == block &&
                           ours == values.opaque(block, place);
    if (ours == theirs || is_joined || ours->has_unknown) {
      if (is_ours) memory.push_back({place, ours});
      if (!is_joined) continue;
      const Range known = range(ours);
      const Range theirs_known = other.range(theirs);
      // A range that is still growing is given up, or a counter would keep the analysis busy for
      // ever.
      if (!(known.hull(theirs_known) == known)) {
        joined.push_back({ours, known.excludes_zero() && theirs_known.excludes_zero()
                                    ? Range::nonzero()
                                    : Range::all()});
        changed = true;
      }
      continue;
    }
    const Value* both = values.opaque(block, place);
    memory.push_back({place, both});
    if (!both->has_unknown) joined.push_back({both, range(ours).hull(other.range(theirs))});
    changed = true;
  }
  memory_ = std::move(memory);
  decltype(facts_) facts;
  std::swap(facts, facts_);
  for (const Fact& fact : facts) {
    if (llvm::any_of(joined, [&](const auto& entry) { return entry.first == fact.subject; }))
      continue;
    const bool is_joined = fact.subject->kind == ValueKind::opaque && fact.subject->tag == block;
    const Range hull = is_joined ? fact.range : fact.range.hull(other.range(fact.subject));
    if (!(hull == fact.range)) {
      changed = true;
      continue;  // A fact that differs is dropped at once instead of widened step by step.
    }
    facts_.push_back(fact);
  }
  for (const auto& [subject, range] : joined) {
    if (!range.is_all() && !range.empty()) set_fact(subject, range, nullptr);
  }
  llvm::erase_if(results_, [&](const auto& entry) {
    const bool differs = other.result(entry.first) != entry.second;
    changed |= differs;
    return differs;
  });
  return changed;
}

bool State::operator==(const State& other) const {
  return same_locks(other) && memory_ == other.memory_ && facts_ == other.facts_ &&
         results_ == other.results_ && returned_at == other.returned_at;
}

}  // namespace sluice::checker
