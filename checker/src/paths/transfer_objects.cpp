// Objects that begin and end on a path, and exceptions, which end all objects between the throw and
// the handler.
#include "clang/AST/CXXInheritance.h"
#include "clang/AST/DeclCXX.h"
#include "paths/transfer.hpp"
#include "syntax.hpp"
#include "vocabulary/throwers.hpp"

namespace sluice::checker {
namespace {

enum class Match : std::uint8_t { no, maybe, yes };

// Whether a handler for `caught` takes an exception of type `thrown`; a null `thrown` is some
// exception of the standard library or of this unit.
Match matches(clang::QualType thrown, const clang::CXXCatchStmt* handler,
              const clang::ASTContext& context) {
  if (handler->getCaughtType().isNull()) return Match::yes;
  if (thrown.isNull()) return Match::maybe;
  const clang::QualType caught =
      handler->getCaughtType().getNonReferenceType().getUnqualifiedType();
  const clang::QualType type = thrown.getNonReferenceType().getUnqualifiedType();
  if (context.hasSameType(caught, type)) return Match::yes;
  const clang::CXXRecordDecl* base = caught->getAsCXXRecordDecl();
  const clang::CXXRecordDecl* derived = type->getAsCXXRecordDecl();
  if (base == nullptr || derived == nullptr || !derived->hasDefinition()) return Match::no;
  return derived->isDerivedFrom(base) ? Match::yes : Match::no;
}

const clang::CFGBlock* handler_block(const clang::CFGBlock* dispatch,
                                     const clang::CXXCatchStmt* handler) {
  for (const clang::CFGBlock* next : dispatch->succs()) {
    if (next != nullptr && next->getLabel() == handler) return next;
  }
  return nullptr;
}

// The closure that a scope-exit object was given: as a template argument of its type, or in what
// made it.
const clang::FunctionDecl* deferred_callable(clang::QualType type, const clang::Expr* init) {
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record == nullptr || record->isLambda()) return nullptr;
  if (const auto* made = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record)) {
    for (const clang::TemplateArgument& argument : made->getTemplateArgs().asArray()) {
      if (argument.getKind() != clang::TemplateArgument::Type) continue;
      const clang::CXXRecordDecl* closure = argument.getAsType()->getAsCXXRecordDecl();
      if (closure != nullptr && closure->isLambda()) return closure->getLambdaCallOperator();
    }
  }
  if (const clang::LambdaExpr* lambda = lambda_within(init)) return lambda->getCallOperator();
  if (const auto* made = llvm::dyn_cast_or_null<clang::CXXConstructExpr>(strip(init))) {
    for (const clang::Expr* argument : made->arguments()) {
      if (const clang::LambdaExpr* lambda = lambda_of(argument)) return lambda->getCallOperator();
    }
  }
  return nullptr;
}

}  // namespace

void Transfer::construct(const clang::CXXConstructExpr* made, State state, States& out) {
  const clang::CXXConstructorDecl* constructor = made->getConstructor();
  if (const GuardType* guard = unit_.vocabulary().guard(constructor->getParent())) {
    construct_guard(made, *guard, std::move(state), out);
    return;
  }
  Call call{made, constructor, context_.constructed(made), {}};
  for (const clang::Expr* argument : made->arguments()) call.arguments.push_back(argument);
  if (may_throw(call)) raise(state, made, {});
  if (!call.object->has_unknown && call.object->kind != ValueKind::deref)
    state.forget_inside(call.object);
  if (apply_summary(call, state, out)) return;
  // What a constructor is given by reference it may keep, and an object that keeps a lock may
  // release it. A scope-exit object does so when it is destroyed.
  if (deferred_callable(made->getType(), made) == nullptr) forget_released_by(call, state);
  out.push_back(std::move(state));
}

void Transfer::destroy_variable(const clang::VarDecl* variable, const clang::Stmt* site,
                                States& states) {
  const Value* place = values_.variable(variable);
  if (variable->getType()->isReferenceType()) {
    // A temporary that lives as long as the reference to it.
    const clang::Expr* init = variable->getInit();
    for (State& state : states) {
      if (init != nullptr) place = eval_.place(state, init);
    }
    if (place->kind != ValueKind::temporary) return;
    destroy(place, variable->getType().getNonReferenceType(), init, site, states);
    return;
  }
  destroy(place, variable->getType(), variable->getInit(), site, states);
  for (State& state : states) object_gone(place, state);
}

void Transfer::destroy(const Value* place, clang::QualType type, const clang::Expr* init,
                       const clang::Stmt* site, States& states, int depth) {
  const clang::CXXDestructorDecl* destructor = destructor_of(type);
  if (destructor == nullptr || depth > 3) return;
  const clang::CXXRecordDecl* record = destructor->getParent();
  if (unit_.vocabulary().guard(record) != nullptr) {
    for (State& state : states) release_guarded(state, place, site);
    return;
  }
  if (const clang::FunctionDecl* callable = deferred_callable(type, init)) {
    // What the destructor does to locks is what the closure does, and said of that.
    paths_.served_by.insert(destructor->getCanonicalDecl());
    run_callable(callable, site, states);
  } else if (unit_.touches_locks(destructor)) {
    States after;
    for (State& state : states) {
      Call call{llvm::dyn_cast_or_null<clang::Expr>(site), destructor, place, {}};
      if (!apply_summary(call, state, after)) after.push_back(std::move(state));
    }
    states = std::move(after);
  }
  // The graph of a destructor with a body ends the members itself.
  if (!destructor->hasBody() && record->hasDefinition()) {
    for (const clang::FieldDecl* field : record->fields()) {
      destroy(values_.field(place, field), field->getType(), nullptr, site, states, depth + 1);
    }
  }
}

void Transfer::run_callable(const clang::FunctionDecl* callable, const clang::Stmt* site,
                            States& states) {
  if (!unit_.touches_locks(callable)) return;
  States after;
  for (State& state : states) {
    Call call{llvm::dyn_cast_or_null<clang::Expr>(site), callable, nullptr, {}};
    if (!apply_summary(call, state, after)) after.push_back(std::move(state));
  }
  states = std::move(after);
}

// Nobody can release a lock that is gone with its object; whoever destroys it knows that, or
// another check says so.
void Transfer::object_gone(const Value* place, State& state) {
  if (place->has_unknown) return;
  state.forget_inside(place);
  if (place->kind == ValueKind::variable) return;
  for (const HeldLock& lock : llvm::SmallVector<HeldLock, 2>(state.locks)) {
    if (lock.place->is_inside(place)) state.erase_lock(lock.place);
  }
}

bool Transfer::may_throw(const Call& call) {
  const auto* type = call.callee->getType()->getAs<clang::FunctionProtoType>();
  if (type != nullptr && type->isNothrow()) return false;
  if (is_known_thrower(call.callee)) return true;
  if (unit_.strict_exceptions()) return unit_.context().getLangOpts().CXXExceptions;
  // With a summary, the exception is one of the outcomes.
  return !unit_.touches_locks(call.callee) && unit_.surely_may_throw(call.callee);
}

void Transfer::raise(State state, const clang::Stmt* where, clang::QualType thrown) {
  States states;
  states.push_back(std::move(state));
  const clang::Stmt* from = where;
  while (from != nullptr) {
    const clang::CXXTryStmt* handler = context_.enclosing_try(from);
    for (const clang::VarDecl* variable : context_.unwound(from, handler)) {
      destroy_variable(variable, where, states);
    }
    if (handler == nullptr) break;
    const clang::CFGBlock* dispatch = context_.handlers_of(handler);
    bool caught = dispatch == nullptr;
    for (unsigned i = 0; i < handler->getNumHandlers() && dispatch != nullptr; ++i) {
      const Match match = matches(thrown, handler->getHandler(i), unit_.context());
      const clang::CFGBlock* target = handler_block(dispatch, handler->getHandler(i));
      if (match == Match::no || target == nullptr) continue;
      caught = true;
      for (State& each : states) {
        State jumped = each;
        jumped.trace = paths_.step(StepKind::caught, handler->getHandler(i), jumped.trace);
        raised_.push_back({target, where, std::move(jumped)});
      }
      if (match == Match::yes) break;
    }
    if (caught) return;
    from = handler;
  }
  if (context_.contains_exceptions()) return;
  for (State& each : states) raised_.push_back({nullptr, where, std::move(each)});
}

}  // namespace sluice::checker
