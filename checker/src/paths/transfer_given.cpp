// Locks that came with an object which a call returned, held. Whoever gets the object may release
// them: they are followed only as far as the object stays here.
#include "paths/transfer.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

bool is_own_variable(const Value* place) {
  return place->kind == ValueKind::variable &&
         llvm::cast<clang::VarDecl>(place->decl())->hasLocalStorage();
}

}  // namespace

// The call returned an object with its lock held.
void Transfer::take_with_result(const Call& call, const Outcome& outcome, State& state) {
  const Value* result = result_of(call, state);
  if (!call.site->getType()->isIntegerType()) state.assume(result, Range::nonzero());
  for (const LockEffect& effect : outcome.result_effects) {
    const Value* place = rebase(call, State(state), effect.place);
    if (place->has_unknown || state.find_lock(place) != nullptr) continue;
    acquire(state, place,
            {.site = call.site,
             .through = call.callee,
             .shared = effect.shared,
             .recursive = effect.recursive});
    if (HeldLock* held = state.find_lock(place)) held->came_with = result;
  }
}

// Somebody gets `given`, a value or a place.
void Transfer::forget_given(State& state, const Value* given) {
  for (const HeldLock& lock : llvm::SmallVector<HeldLock, 2>(state.locks)) {
    const bool leads_there =
        lock.came_with != nullptr && lock.place->mentions(given) && given->mentions(lock.came_with);
    if (leads_there) forget_lock(state, lock.place);
  }
}

void Transfer::forget_given(State& state, const clang::Expr* given, clang::QualType as) {
  const clang::QualType pointee = as->getPointeeType();
  const bool only_shown = !pointee.isNull() && pointee.isConstQualified();
  if (only_shown && as->isPointerType()) return;
  forget_kept_by(strip(given), state);
  if (given->isGLValue()) {
    const Value* place = eval_.place(state, given);
    if (!only_shown) forget_given(state, place);
    // A smart pointer that may not be changed still leads to what may.
    forget_given(state, state.content(values_, place));
  }
  forget_given(state, eval_.value(state, given));
}

void Transfer::forget_given_to(const Call& call, State& state) {
  if (llvm::none_of(state.locks, [](const HeldLock& lock) { return lock.came_with != nullptr; }))
    return;
  for (unsigned i = 0; i < call.arguments.size(); ++i) {
    const bool is_named = call.callee != nullptr && i < call.callee->getNumParams();
    const clang::QualType type =
        is_named ? call.callee->getParamDecl(i)->getType() : call.arguments[i]->getType();
    forget_given(state, call.arguments[i], type);
  }
  const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(call.callee);
  if (call.object == nullptr || (method != nullptr && method->isConst())) return;
  // A body that can be seen and touches no lock releases none.
  if (unit_.facts(call.callee) != nullptr && !unit_.touches_locks(call.callee)) return;
  forget_given(state, call.object);
  forget_given(state, state.content(values_, call.object));
}

void Transfer::forget_stored(State& state, const Value* where, const Value* value) {
  if (!is_own_variable(where)) forget_given(state, value);
}

// A closure or an aggregate is made, which may go anywhere.
void Transfer::forget_kept_by(const clang::Stmt* made, State& state) {
  if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(made)) {
    for (const clang::Expr* part : list->inits()) forget_given(state, part, part->getType());
    return;
  }
  const clang::LambdaExpr* lambda = lambda_within(made);
  if (lambda == nullptr) return;
  for (const clang::LambdaCapture& capture : lambda->captures()) {
    const auto* variable = capture.capturesVariable()
                               ? llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar())
                               : nullptr;
    if (variable == nullptr) continue;
    if (lambda->isInitCapture(&capture)) {
      forget_given(state, variable->getInit(), variable->getType());
    } else {
      forget_given(state, state.content(values_, values_.variable(variable)));
    }
  }
}

}  // namespace sluice::checker
