// Calls: what is known of the callee decides what happens to the locks; an unknown callee leaves
// them alone unless it is given the lock, or says that it releases something.
#include "clang/AST/Attr.h"
#include "clang/Basic/Builtins.h"
#include "paths/transfer.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// Whether the program also has the function that this one's name is the opposite of: `STATS_LOCK`
// for `STATS_UNLOCK`. Such a pair has a lock of its own.
bool has_counterpart(const clang::FunctionDecl* function, clang::ASTContext& context) {
  static constexpr std::pair<llvm::StringLiteral, llvm::StringLiteral> kOpposites[] = {
      {"unlock", "lock"},
      {"UNLOCK", "LOCK"},
      {"Unlock", "Lock"},
      {"release", "acquire"},
      {"leave", "enter"}};
  for (const auto& [end, begin] : kOpposites) {
    std::string name = function->getName().str();
    const std::size_t at = name.find(end.str());
    if (at == std::string::npos) continue;
    name.replace(at, end.size(), begin.str());
    if (context.Idents.find(name) != context.Idents.end()) return true;
  }
  return false;
}

// Whether it may take locks again, as far as its name tells. One that is not known may.
bool says_acquire(const clang::FunctionDecl* function) {
  if (function == nullptr) return true;
  const auto words = words_of(simple_name(function));
  return llvm::any_of(words, [](llvm::StringRef word) {
    return (word.ends_with("lock") && !word.ends_with("unlock")) || word == "acquire" ||
           word == "enter" || word == "wait" || word == "resume";
  });
}

bool is_virtual_call(const clang::FunctionDecl* callee) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
  return method != nullptr && method->isVirtual() && !method->hasAttr<clang::FinalAttr>() &&
         !method->getParent()->hasAttr<clang::FinalAttr>() &&
         !llvm::isa<clang::CXXDestructorDecl>(method);
}

// A parameter through which the callee can change what it is given.
bool gives_away(const clang::Expr* argument, const clang::FunctionDecl* callee, unsigned index) {
  clang::QualType type = argument->getType();
  if (callee != nullptr && index < callee->getNumParams()) {
    type = callee->getParamDecl(index)->getType();
    if (!type->isReferenceType() && !type->isPointerType()) return false;
    return !type->getPointeeType().isConstQualified();
  }
  return type->isPointerType() && !type->getPointeeType().isConstQualified();
}

}  // namespace

void Transfer::call(const clang::CallExpr* expression, State state, States& out) {
  if (renamed_by(expression) != nullptr) {
    out.push_back(std::move(state));
    return;
  }
  Call call{expression, eval_.callee(state, expression), eval_.object(state, expression), {}};
  const bool is_operator =
      llvm::isa<clang::CXXOperatorCallExpr>(expression) && call.object != nullptr;
  for (unsigned i = is_operator ? 1 : 0; i < expression->getNumArgs(); ++i) {
    call.arguments.push_back(expression->getArg(i));
  }
  const clang::FunctionDecl* callee = call.callee;
  if (callee != nullptr) {
    if (!state.locks.empty() && unit_.may_park(callee)) note_park(call, expression, state);
    if (const LockFunction* row = unit_.vocabulary().lock_function(callee)) {
      lock_call(call, *row, std::move(state), out);
      return;
    }
    const GuardMethod method = unit_.vocabulary().guard_method(callee);
    if (method != GuardMethod::none && call.object != nullptr) {
      guard_call(call, method, std::move(state), out);
      return;
    }
    if (callee->isNoReturn() || unit_.never_returns(callee)) return;
    if (may_throw(call)) raise(state, expression, {});
    if (apply_attributes(call, state, out)) return;
    if (!is_virtual_call(callee) && apply_summary(call, state, out)) return;
    if (expression->getDirectCallee() != nullptr && unit_.is_elsewhere(callee) &&
        state.holds_by_hand()) {
      state.trace = paths_.step(StepKind::called, expression, state.trace);
    }
  }
  const Value* pure = callee == nullptr ? nullptr : eval_.pure_call(state, expression, callee);
  unknown_call(call, state);
  if (pure != nullptr && !pure->has_unknown) {
    state.set_result(expression, pure);
  } else {
    state.set_result(expression, fresh(state, expression));
  }
  out.push_back(std::move(state));
}

void Transfer::note_park(const Call& call, const clang::CallExpr* site, const State& state) {
  // A condition variable lets go of its lock while it waits.
  llvm::SmallVector<const Value*, 2> let_go;
  const LockFunction* row = unit_.vocabulary().lock_function(call.callee);
  if (row != nullptr && row->effect == Effect::keep && row->lock >= 0 &&
      row->lock < static_cast<int>(call.arguments.size())) {
    if (const Value* given = eval_.target(state, call.arguments[row->lock])) {
      let_go = guarded(state, given);
      let_go.push_back(given);
    }
  }
  for (const HeldLock& lock : state.locks) {
    if (lock.balance <= 0 || llvm::is_contained(let_go, lock.place)) continue;
    const bool known = llvm::any_of(paths_.parks, [&](const ParkUnderLock& each) {
      return each.site == site && each.held.place == lock.place;
    });
    if (!known) paths_.parks.push_back({lock, site, call.callee, state.trace});
  }
}

void Transfer::unknown_call(const Call& call, State& state) {
  // An assignment operator gives its object the value of the other side.
  const auto* operation = llvm::dyn_cast_or_null<clang::CXXOperatorCallExpr>(call.site);
  if (operation != nullptr && operation->getOperator() == clang::OO_Equal &&
      call.object != nullptr && call.arguments.size() == 1) {
    if (unit_.vocabulary().guard(operation->getArg(0)->getType()->getAsCXXRecordDecl()) !=
        nullptr) {
      const Value* from = eval_.target(state, call.arguments[0]);
      release_guarded(state, call.object, call.site);
      move_guard(state, call.object, from == nullptr ? values_.unknown() : from, call.site);
      return;
    }
    const Value* value = eval_.value(state, call.arguments[0]);
    if (call.object->kind != ValueKind::variable)
      forget_given(state, call.arguments[0], call.arguments[0]->getType());
    state.forget_inside(call.object);
    state.store(call.object, value->has_unknown ? fresh(state, call.site, call.object) : value);
    return;
  }
  if (says_acquire(call.callee)) state.taken.clear();
  forget_released_by(call, state);
  forget_reachable(call, state);
}

// Locks that the callee may release: those it is given, those of which its name says so, those that
// a closure releases.
void Transfer::forget_released_by(const Call& call, State& state) {
  forget_given_to(call, state);
  for (unsigned i = 0; i < call.arguments.size(); ++i) {
    const clang::Expr* argument = call.arguments[i];
    if (const clang::FunctionDecl* callable = callable_of(argument)) {
      if (const Summary* summary = unit_.summary(callable)) {
        for (const Outcome& outcome : summary->outcomes) {
          for (const LockEffect& effect : outcome.effects) {
            const HeldLock* held = state.find_lock(effect.place);
            if (effect.balance < 0 && held != nullptr && held->balance > 0) {
              release(state, effect.place, call.site);
              state.forget_taken(effect.place);
            }
          }
        }
      }
      continue;
    }
    // A copy of the lock's address, as in `held.push_back(&c->mu)`.
    const Value* value = eval_.value(state, strip(argument));
    if (value->kind == ValueKind::address) forget_lock(state, value->base());
    const Value* place = eval_.target(state, argument);
    if (place == nullptr || !gives_away(argument, call.callee, i)) continue;
    state.forget_taken(place);
    const HeldLock* held = state.find_lock(place);
    if (held != nullptr && held->balance > 0) forget_lock(state, place);
    for (const Value* lock : guarded(state, place)) forget_lock(state, lock);
  }
  if (call.callee == nullptr || !says_release(call.callee)) return;
  // A body that can be seen and touches no lock releases none, whatever its name.
  if (unit_.facts(call.callee) != nullptr && !unit_.touches_locks(call.callee)) return;
  const bool is_elsewhere = unit_.is_elsewhere(call.callee);
  llvm::SmallVector<const Value*, 4> given;
  if (call.object != nullptr) given.push_back(call.object);
  for (const clang::Expr* argument : call.arguments) {
    const Value* value = eval_.value(state, argument);
    if (const Value* place = eval_.target(state, argument)) given.push_back(place);
    if (!value->has_unknown && value->kind != ValueKind::constant) given.push_back(value);
  }
  for (const HeldLock& lock : llvm::SmallVector<HeldLock, 2>(state.locks)) {
    if (lock.balance <= 0 || lock.by_guard) continue;
    // A function of no arguments speaks of something global.
    const bool concerned =
        given.empty() ? !has_counterpart(call.callee, unit_.context())
                      : llvm::any_of(given, [&](const Value* value) {
                          return lock.place->mentions(value) || value->mentions(lock.place);
                        });
    if (concerned && is_elsewhere && paths_.doubts_names) continue;
    if (concerned) {
      paths_.released_by_name |= is_elsewhere;
      release(state, lock.place, call.site);
      state.doubt_taken(lock.place);
    }
  }
}

// Memory that the callee may have written. Pointers are believed to stay, so that locks keep their
// names.
void Transfer::forget_reachable(const Call& call, State& state) {
  llvm::SmallVector<const Value*, 4> changed;
  const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(call.callee);
  if (call.object != nullptr && (method == nullptr || !method->isConst()))
    changed.push_back(call.object);
  for (unsigned i = 0; i < call.arguments.size(); ++i) {
    if (const clang::LambdaExpr* lambda = lambda_of(call.arguments[i])) {
      for (const clang::LambdaCapture& capture : lambda->captures()) {
        if (!capture.capturesVariable() || capture.getCaptureKind() != clang::LCK_ByRef) continue;
        const auto* variable = llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar());
        if (variable != nullptr && variable->getType()->isScalarType())
          changed.push_back(values_.variable(variable));
      }
      continue;
    }
    if (!gives_away(call.arguments[i], call.callee, i)) continue;
    if (const Value* place = eval_.target(state, call.arguments[i])) changed.push_back(place);
  }
  llvm::SmallVector<const Value*, 8> places;
  for (const auto& [place, content] : state.memory()) {
    const bool is_given = llvm::any_of(
        changed, [&, where = place](const Value* prefix) { return where->is_inside(prefix); });
    const bool is_shared = place->kind == ValueKind::deref || place->kind == ValueKind::field ||
                           place->kind == ValueKind::element ||
                           (place->kind == ValueKind::variable &&
                            llvm::cast<clang::VarDecl>(place->decl())->hasGlobalStorage());
    const bool is_flag = content->kind == ValueKind::constant;
    if ((is_given || is_shared) && is_flag) places.push_back(place);
  }
  for (const Value* place : changed) {
    if (!place->has_unknown && place->kind != ValueKind::temporary) places.push_back(place);
  }
  for (const Value* place : places) state.store(place, fresh(state, call.site, place));
}

}  // namespace sluice::checker
