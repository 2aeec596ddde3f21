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

bool came_with_an_object(const HeldLock& lock) { return lock.came_with != nullptr; }

const clang::LambdaExpr* closure_of(const Value* closure) {
  return llvm::cast<clang::LambdaExpr>(static_cast<const clang::Expr*>(closure->tag));
}

// A list of values for the fields of an object.
bool has_parts(const clang::InitListExpr* list) {
  const clang::RecordDecl* record = list->getType()->getAsRecordDecl();
  const auto* type = llvm::dyn_cast_or_null<clang::CXXRecordDecl>(record);
  return record != nullptr && !record->isUnion() && list->isSemanticForm() &&
         !list->isTransparent() && (type == nullptr || type->getNumBases() == 0);
}

// Closures that keep closures, and objects in objects, are followed so far.
constexpr int kDeepestGiven = 4;

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
void Transfer::forget_given(State& state, const Value* given, int depth) {
  for (const HeldLock& lock : llvm::SmallVector<HeldLock, 2>(state.locks)) {
    const bool leads_there =
        lock.came_with != nullptr && lock.place->mentions(given) && given->mentions(lock.came_with);
    if (leads_there) forget_lock(state, lock.place);
  }
  if (given->kind == ValueKind::closure) forget_captured(state, closure_of(given), depth);
  forget_parts(state, given->kind == ValueKind::address ? given->base() : given, depth);
}

// Somebody gets the object at `given`, or can look into it.
void Transfer::forget_parts(State& state, const Value* given, int depth) {
  if (depth == kDeepestGiven || given->has_unknown) return;
  llvm::SmallVector<const Value*, 4> parts;
  for (const auto& [place, content] : state.memory()) {
    if (place != given && place->is_inside(given)) parts.push_back(content);
  }
  for (const Value* part : parts) forget_given(state, part, depth + 1);
}

void Transfer::forget_captured(State& state, const clang::LambdaExpr* lambda, int depth) {
  if (depth == kDeepestGiven) return;
  for (const clang::LambdaCapture& capture : lambda->captures()) {
    const auto* variable = capture.capturesVariable()
                               ? llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar())
                               : nullptr;
    if (variable == nullptr || lambda->isInitCapture(&capture)) continue;
    const Value* place = values_.variable(variable);
    forget_given(state, place, depth + 1);
    forget_given(state, state.content(values_, place), depth + 1);
  }
}

void Transfer::forget_given(State& state, const clang::Expr* given, clang::QualType as) {
  if (!llvm::any_of(state.locks, came_with_an_object)) return;
  const clang::QualType pointee = as->getPointeeType();
  const bool only_shown = !pointee.isNull() && pointee.isConstQualified();
  if (only_shown && as->isPointerType()) return;
  forget_kept_by(strip(given), state);
  if (given->isGLValue()) {
    const Value* place = eval_.place(state, given);
    if (!only_shown) forget_given(state, place);
    // What may not be changed itself, as a smart pointer, still leads to what may.
    forget_parts(state, place, 0);
    forget_given(state, state.content(values_, place));
  }
  const Value* value = eval_.value(state, given);
  forget_given(state, value);
  if (!as->isPointerType()) return;
  // A pointer that was had of the object may lead back to it.
  for (const HeldLock& lock : llvm::SmallVector<HeldLock, 2>(state.locks)) {
    const bool is_from_it = lock.came_with != nullptr && value->mentions(lock.came_with);
    if (is_from_it) forget_lock(state, lock.place);
  }
}

void Transfer::forget_given_to(const Call& call, State& state) {
  const auto* constructor = llvm::dyn_cast_or_null<clang::CXXConstructorDecl>(call.callee);
  if (constructor != nullptr && constructor->isCopyOrMoveConstructor() && call.object != nullptr &&
      is_own_variable(call.object)) {
    // The variable has the same value. Its parts are not followed.
    forget_parts(state, eval_.place(state, call.arguments[0]), 0);
    return;
  }
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
  const auto* member = llvm::dyn_cast_or_null<clang::CXXMemberCallExpr>(call.site);
  if (member == nullptr || call.object->kind != ValueKind::temporary) return;
  forget_given(state, eval_.value(state, strip(member->getImplicitObjectArgument())));
}

void Transfer::forget_stored(State& state, const Value* where, const Value* value) {
  if (!is_own_variable(where)) forget_given(state, value);
}

// A closure or an aggregate is made, which may go anywhere, unless a variable keeps it.
void Transfer::forget_kept_by(const clang::Stmt* made, State& state) {
  if (!llvm::any_of(state.locks, came_with_an_object)) return;
  if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(made)) {
    if (is_kept(list)) return;
    for (const clang::Expr* part : list->inits()) forget_given(state, part, part->getType());
    return;
  }
  const clang::LambdaExpr* lambda = lambda_within(made);
  if (lambda == nullptr) return;
  for (const clang::LambdaCapture& capture : lambda->captures()) {
    if (!lambda->isInitCapture(&capture)) continue;
    const auto* variable = llvm::cast<clang::VarDecl>(capture.getCapturedVar());
    forget_given(state, variable->getInit(), variable->getType());
  }
  if (!is_kept(lambda)) forget_captured(state, lambda, 0);
}

// Whether a local variable is all that has what is made here.
bool Transfer::is_kept(const clang::Expr* made) {
  if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(made)) {
    if (!has_parts(list)) return false;
  }
  const clang::Stmt* around = context_.parent(made);
  while (llvm::isa_and_nonnull<clang::FullExpr, clang::CXXBindTemporaryExpr, clang::ParenExpr,
                               clang::ImplicitCastExpr>(around)) {
    around = context_.parent(around);
  }
  const auto* declared = llvm::dyn_cast_or_null<clang::DeclStmt>(around);
  return declared != nullptr && llvm::all_of(declared->decls(), [](const clang::Decl* decl) {
           const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl);
           return variable != nullptr && variable->hasLocalStorage() &&
                  variable->getType()->isRecordType();
         });
}

// What a local aggregate is made of, as far as it leads to a lock that came with an object.
void Transfer::keep_parts(State& state, const Value* where, const clang::Expr* init) {
  const auto* list = llvm::dyn_cast_or_null<clang::InitListExpr>(init);
  if (list == nullptr || !llvm::any_of(state.locks, came_with_an_object) || !is_kept(list)) return;
  unsigned next = 0;
  for (const clang::FieldDecl* field : list->getType()->getAsRecordDecl()->fields()) {
    if (field->isUnnamedBitField()) continue;
    if (next == list->getNumInits()) return;
    const clang::Expr* part = list->getInit(next++);
    const Value* value = field->getType()->isReferenceType()
                             ? values_.address(eval_.place(state, part))
                             : eval_.value(state, part);
    if (!value->has_unknown && value->kind != ValueKind::constant)
      state.store(values_.field(where, field), value);
  }
}

}  // namespace sluice::checker
