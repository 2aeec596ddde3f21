// Calls of functions of which it is known what they do: by a summary of their paths, or by clang's
// capability attributes.
#include "clang/AST/Attr.h"
#include "paths/transfer.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// By variables and fields alone.
bool is_named_plainly(const Value* place) {
  switch (place->kind) {
    case ValueKind::variable:
    case ValueKind::field:
    case ValueKind::self:
    case ValueKind::deref:
    case ValueKind::load:
    case ValueKind::address:
      return llvm::all_of(place->parts, is_named_plainly);
    default:
      return false;
  }
}

}  // namespace

// A value of the callee, in the caller's terms. Parameters become arguments; what the callee read
// from memory is what the caller knows to be there.
const Value* Transfer::rebase(const Call& call, const State& before, const Value* value) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(call.callee);
  const bool is_lambda = method != nullptr && method->getParent()->isLambda();
  return values_.replace(value, [&](const Value* part) -> const Value* {
    switch (part->kind) {
      case ValueKind::load: {
        const Value* from = part->base();
        if (from->kind == ValueKind::variable) {
          const auto* parameter = llvm::dyn_cast<clang::ParmVarDecl>(from->decl());
          const bool is_own =
              parameter != nullptr && parameter->getDeclContext() == call.callee->getDefinition();
          if (is_own && parameter->getFunctionScopeIndex() < call.arguments.size()) {
            const clang::Expr* argument = call.arguments[parameter->getFunctionScopeIndex()];
            if (parameter->getType()->isReferenceType()) {
              const Value* place = eval_.place(before, argument);
              return place->has_unknown ? values_.unknown() : values_.address(place);
            }
            return eval_.value(before, argument);
          }
          return before.content(values_, from);
        }
        if (from == values_.result_slot()) return result_of(call, before);
        const Value* place = rebase(call, before, from);
        return place->has_unknown ? values_.unknown() : before.content(values_, place);
      }
      case ValueKind::self:
        if (is_lambda) return part;
        return call.object == nullptr ? values_.unknown() : values_.address(call.object);
      case ValueKind::opaque:
      case ValueKind::temporary:
        return values_.unknown();
      default:
        return nullptr;
    }
  });
}

// What the call returned, as the names that lead on from it have it.
const Value* Transfer::result_of(const Call& call, const State& state) {
  if (call.site == nullptr) return values_.unknown();
  return call.site->isGLValue() ? values_.address(eval_.place(state, call.site))
                                : eval_.value(state, call.site);
}

bool Transfer::apply_outcome(const Call& call, const Outcome& outcome, const State& before,
                             State& state) {
  for (const Condition& condition : outcome.conditions) {
    const Value* subject = rebase(call, before, condition.subject);
    if (!subject->has_unknown && !state.assume(subject, condition.range)) return false;
  }
  forget_reachable(call, state);
  for (const LockEffect& take : outcome.takes) {
    const Value* place = rebase(call, before, take.place);
    const HeldLock* held = place->has_unknown ? nullptr : state.find_lock(place);
    const Taking taking{.site = call.site,
                        .through = call.callee,
                        .shared = take.shared,
                        .recursive = take.recursive};
    if (held != nullptr && held->balance > 0) {
      ask_again(state, *held, taking);
    } else if (!place->has_unknown && held == nullptr) {
      note_order(state, place, taking);
      state.note_taken({.place = place,
                        .balance = 1,
                        .shared = take.shared,
                        .recursive = take.recursive,
                        .site = call.site,
                        .through = call.callee});
    }
  }
  for (const LockEffect& effect : outcome.effects) {
    const Value* place = rebase(call, before, effect.place);
    const HeldLock* held = place->has_unknown ? nullptr : state.find_lock(place);
    if (effect.balance < 0 && held != nullptr && held->balance > 0) {
      paths_.served_by.insert(call.callee->getCanonicalDecl());
    }
    for (int i = effect.balance; i < 0; ++i) release(state, place, call.site);
    const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(call.callee);
    const bool by_guard = effect.by_guard || (constructor != nullptr &&
                                              !constructor->getParent()->hasTrivialDestructor());
    for (int i = effect.balance; i > 0; --i) {
      acquire(state, place,
              {.site = call.site,
               .through = call.callee,
               .shared = effect.shared,
               .by_guard = by_guard,
               .recursive = effect.recursive || i > 1});
    }
  }
  for (const Write& write : outcome.writes) {
    const Value* place = rebase(call, before, write.place);
    if (place->has_unknown) continue;
    const Value* content = rebase(call, before, write.content);
    state.store(place, content->has_unknown ? fresh(state, call.site, place) : content);
  }
  if (call.site != nullptr && !outcome.throws) {
    const Value* result = outcome.result.is_single() ? values_.constant(outcome.result.low())
                                                     : fresh(state, call.site);
    state.set_result(call.site, result);
    state.assume(result, outcome.result);
  }
  if (!outcome.result_effects.empty()) take_with_result(call, outcome, state);
  return true;
}

// Something is released that has no name here: one of those that were taken out of a container, or
// got from a function, may be meant.
void Transfer::forget_elements(State& state) {
  for (const HeldLock& lock : llvm::SmallVector<HeldLock, 2>(state.locks)) {
    if (lock.balance > 0 && !lock.by_guard && !is_named_plainly(lock.place))
      forget_lock(state, lock.place);
  }
}

bool Transfer::apply_summary(const Call& call, State state, States& out) {
  if (call.callee == nullptr || !unit_.touches_locks(call.callee)) return false;
  const Summary* summary = unit_.summary(call.callee);
  if (summary == nullptr) return false;
  if (summary->releases_unnamed) {
    paths_.releases_unnamed = true;
    forget_elements(state);
  }
  // What makes it release a lock that is held is known here: then that is what it does. Its other
  // outcomes may have lost their conditions.
  const auto surely_releases = [&](const Outcome& outcome) {
    const bool releases = llvm::any_of(outcome.effects, [&](const LockEffect& effect) {
      const HeldLock* held = state.find_lock(rebase(call, state, effect.place));
      return effect.balance < 0 && held != nullptr && held->balance > 0;
    });
    return releases && !outcome.throws && !outcome.conditions.empty() &&
           llvm::all_of(outcome.conditions, [&](const Condition& condition) {
             const Value* subject = rebase(call, state, condition.subject);
             const Range known = subject->has_unknown ? Range::all() : state.range(subject);
             return known.intersect(condition.range) == known;
           });
  };
  const bool must_release = call.callee->getReturnType()->isVoidType() &&
                            llvm::any_of(summary->outcomes, surely_releases);
  for (const Outcome& outcome : summary->outcomes) {
    if (must_release && outcome.effects.empty() && !outcome.throws) continue;
    State ended = state;
    if (!apply_outcome(call, outcome, state, ended)) continue;
    if (outcome.throws) {
      raise(std::move(ended), call.site, {});
    } else {
      out.push_back(std::move(ended));
    }
  }
  return true;
}

bool Transfer::apply_attributes(const Call& call, State state, States& out) {
  const clang::FunctionDecl* callee = call.callee;
  if (!has_lock_attribute(callee)) return false;
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  const auto places = [&](auto* attribute) {
    llvm::SmallVector<const Value*, 2> result;
    if (attribute->args_size() == 0 && call.object != nullptr && method != nullptr)
      result.push_back(call.object);
    for (const clang::Expr* argument : attribute->args()) {
      // Written in the callee's terms: its parameters, its `this`.
      const State entry;
      const Value* lock = argument->isGLValue() ? eval_.place(entry, argument)
                                                : values_.deref(eval_.value(entry, argument));
      result.push_back(rebase(call, state, lock));
    }
    return result;
  };
  // A scoped object's own annotations say when it holds its lock, not which object releases it.
  if (method != nullptr && method->getParent()->hasAttr<clang::ScopedLockableAttr>()) return false;
  unknown_call(call, state);
  if (const auto* released = callee->getAttr<clang::ReleaseCapabilityAttr>()) {
    for (const Value* place : places(released)) release(state, place, call.site);
  }
  State failed = state;
  const auto take = [&](auto* attribute) {
    for (const Value* place : places(attribute)) {
      acquire(state, place,
              {.site = call.site, .through = callee, .shared = attribute->isShared()});
    }
  };
  if (const auto* taken = callee->getAttr<clang::AcquireCapabilityAttr>()) take(taken);
  state.set_result(call.site, fresh(state, call.site));
  if (const auto* tried = callee->getAttr<clang::TryAcquireCapabilityAttr>()) {
    take(tried);
    const Value* success = eval_.value(State(), tried->getSuccessValue());
    const bool is_nonzero = !success->is_constant(0);
    for (auto [each, truth] : {std::pair{&state, is_nonzero}, std::pair{&failed, !is_nonzero}}) {
      const Value* result = values_.opaque(call.site, nullptr);
      each->set_result(call.site, result);
      each->assume_truth(result, truth);
    }
    out.push_back(std::move(failed));
  }
  out.push_back(std::move(state));
  return true;
}

}  // namespace sluice::checker
