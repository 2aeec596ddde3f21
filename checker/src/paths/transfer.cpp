// Statements: declarations, assignments, returns. Calls and locks have files of their own.
#include "paths/transfer.hpp"

#include "syntax.hpp"

namespace sluice::checker {

void Transfer::element(const clang::CFGElement& element, State state, States& out) {
  switch (element.getKind()) {
    case clang::CFGElement::Statement:
    case clang::CFGElement::Constructor:
    case clang::CFGElement::CXXRecordTypedCall:
      statement(element.castAs<clang::CFGStmt>().getStmt(), std::move(state), out);
      return;
    case clang::CFGElement::Initializer:
      initialize(element.castAs<clang::CFGInitializer>().getInitializer(), state);
      break;
    case clang::CFGElement::AutomaticObjectDtor: {
      const auto end = element.castAs<clang::CFGAutomaticObjDtor>();
      States states;
      states.push_back(std::move(state));
      destroy_variable(end.getVarDecl(), end.getTriggerStmt(), states);
      for (State& each : states) out.push_back(std::move(each));
      return;
    }
    case clang::CFGElement::TemporaryDtor: {
      const clang::CXXBindTemporaryExpr* bound =
          element.castAs<clang::CFGTemporaryDtor>().getBindTemporaryExpr();
      States states;
      states.push_back(std::move(state));
      destroy(values_.temporary(bound), bound->getType(), bound->getSubExpr(), bound, states);
      for (State& each : states) out.push_back(std::move(each));
      return;
    }
    case clang::CFGElement::MemberDtor: {
      const clang::FieldDecl* field = element.castAs<clang::CFGMemberDtor>().getFieldDecl();
      States states;
      states.push_back(std::move(state));
      destroy(values_.field(values_.deref(values_.self()), field), field->getType(), nullptr,
              nullptr, states);
      for (State& each : states) out.push_back(std::move(each));
      return;
    }
    case clang::CFGElement::CleanupFunction: {
      const auto cleanup = element.castAs<clang::CFGCleanupFunction>();
      Call made{nullptr, cleanup.getFunctionDecl(), nullptr, {}};
      // The one parameter is a pointer to the variable: a summary sees it as such.
      const Value* variable = values_.variable(cleanup.getVarDecl());
      const clang::ParmVarDecl* parameter =
          made.callee->getNumParams() == 1 ? made.callee->getParamDecl(0) : nullptr;
      if (parameter == nullptr) break;
      const Value* slot = values_.variable(parameter);
      state.store(slot, values_.address(variable));
      States states;
      if (!apply_summary(made, state, states)) break;
      for (State& each : states) out.push_back(std::move(each));
      return;
    }
    default:
      break;
  }
  out.push_back(std::move(state));
}

bool Transfer::is_idle(const clang::CFGElement& element) {
  const auto held = element.getAs<clang::CFGStmt>();
  const clang::Stmt* statement = held ? held->getStmt() : nullptr;
  if (statement == nullptr) return false;
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(statement))
    return !binary->isAssignmentOp();
  const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(statement);
  return unary != nullptr && !unary->isIncrementDecrementOp();
}

void Transfer::statement(const clang::Stmt* statement, State state, States& out) {
  if (const auto* expression = llvm::dyn_cast<clang::CallExpr>(statement)) {
    call(expression, std::move(state), out);
    return;
  }
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(statement)) {
    construct(made, std::move(state), out);
    return;
  }
  if (const auto* thrown = llvm::dyn_cast<clang::CXXThrowExpr>(statement)) {
    const clang::Expr* object = thrown->getSubExpr();
    raise(std::move(state), thrown, object == nullptr ? clang::QualType() : object->getType());
    return;
  }
  if (const auto* declared = llvm::dyn_cast<clang::DeclStmt>(statement)) {
    for (const clang::Decl* decl : declared->decls()) {
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) declare(variable, state);
    }
  } else if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(statement)) {
    if (binary->isAssignmentOp()) assign(binary, state);
  } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(statement)) {
    if (unary->isIncrementDecrementOp()) step(unary, state);
  } else if (const auto* returned = llvm::dyn_cast<clang::ReturnStmt>(statement)) {
    return_from(returned, state);
  } else if (const auto* deleted = llvm::dyn_cast<clang::CXXDeleteExpr>(statement)) {
    const Value* pointer = eval_.value(state, deleted->getArgument());
    if (!pointer->has_unknown) {
      const Value* object = values_.deref(pointer);
      States states;
      const clang::QualType type = deleted->getDestroyedType();
      states.push_back(std::move(state));
      if (!type.isNull()) destroy(object, type, nullptr, deleted, states);
      for (State& each : states) {
        object_gone(object, each);
        out.push_back(std::move(each));
      }
      return;
    }
  } else if (const auto* created = llvm::dyn_cast<clang::CXXNewExpr>(statement)) {
    state.set_result(created, fresh(state, created));
  } else {
    forget_kept_by(statement, state);
  }
  out.push_back(std::move(state));
}

void Transfer::declare(const clang::VarDecl* variable, State& state) {
  const clang::QualType type = variable->getType();
  const clang::Expr* init = variable->getInit();
  if (variable->isStaticLocal() && init != nullptr) forget_given(state, init, type);
  if (variable->isStaticLocal() || variable->hasExternalStorage()) return;
  const Value* where = values_.variable(variable);
  if (const auto* parts = llvm::dyn_cast<clang::DecompositionDecl>(variable)) {
    for (const clang::BindingDecl* binding : parts->bindings()) {
      if (const clang::VarDecl* holding = binding->getHoldingVar()) declare(holding, state);
    }
  }
  if (type->isReferenceType()) {
    const Value* target = init == nullptr ? values_.unknown() : eval_.place(state, init);
    state.store(where, target->has_unknown ? fresh(state, variable) : values_.address(target));
    return;
  }
  if (type->isRecordType()) {
    const auto* made =
        init == nullptr ? nullptr : llvm::dyn_cast<clang::CXXConstructExpr>(strip(init));
    // A constructor has been an element of its own; a closure or a copied object is known by its
    // value.
    const Value* value = init == nullptr ? values_.unknown() : eval_.value(state, init);
    const bool known = !value->has_unknown && value->kind != ValueKind::constant;
    if (made == nullptr) state.forget_inside(where);
    state.store(where, known ? value : fresh(state, variable));
    if (init != nullptr) keep_parts(state, where, strip(init));
    return;
  }
  if (init == nullptr) {
    // Control comes here again with what is left in memory; nothing may be concluded from the round
    // before.
    state.store(where, fresh(state, variable));
    return;
  }
  const Value* value = eval_.value(state, init);
  state.store(where, value->has_unknown ? fresh(state, variable) : value);
}

void Transfer::assign(const clang::BinaryOperator* assignment, State& state) {
  const Value* where = eval_.place(state, assignment->getLHS());
  if (where->has_unknown) return;
  if (assignment->getType()->isRecordType()) {
    state.forget_inside(where);
    const Value* value = eval_.value(state, assignment->getRHS());
    forget_stored(state, where, value);
    state.store(where, value->has_unknown ? fresh(state, assignment) : value);
    return;
  }
  const Value* value = eval_.value(state, assignment->getRHS());
  if (assignment->isCompoundAssignmentOp()) {
    const auto op = clang::BinaryOperator::getOpForCompoundAssignment(assignment->getOpcode());
    value = values_.operation(op, state.content(values_, where), value);
  }
  state.store(where, value->has_unknown ? fresh(state, assignment) : value);

  forget_stored(state, where, value);
  // Whoever gets the address of a lock may release it.
  if (value->kind == ValueKind::address && where->kind != ValueKind::variable) {
    forget_lock(state, value->base());
  }
}

void Transfer::step(const clang::UnaryOperator* expression, State& state) {
  const Value* where = eval_.place(state, expression->getSubExpr());
  if (where->has_unknown) return;
  const Value* before = state.content(values_, where);
  const Value* after = values_.operation(clang::BO_Add, before,
                                         values_.constant(expression->isIncrementOp() ? 1 : -1));
  if (after->has_unknown) after = fresh(state, expression);
  state.store(where, after);
  state.set_result(expression, expression->isPrefix() ? after : before);
}

void Transfer::initialize(const clang::CXXCtorInitializer* init, State& state) {
  const clang::FieldDecl* field = init->getMember();
  if (field == nullptr || init->getInit() == nullptr) return;
  const Value* where = values_.field(values_.deref(values_.self()), field);
  if (field->getType()->isReferenceType()) {
    const Value* target = eval_.place(state, init->getInit());
    if (!target->has_unknown) state.store(where, values_.address(target));
    return;
  }
  if (field->getType()->isRecordType()) return;
  const Value* value = eval_.value(state, init->getInit());
  state.store(where, value->has_unknown ? fresh(state, init) : value);
}

void Transfer::return_from(const clang::ReturnStmt* statement, State& state) {
  state.returned_at = statement;
  const clang::Expr* result = statement->getRetValue();
  if (result == nullptr || result->getType()->isVoidType()) return;
  const Value* slot = values_.result_slot();
  const Value* value = result->isGLValue() ? values_.address(eval_.place(state, result))
                                           : eval_.value(state, result);
  state.store(slot, value->has_unknown ? fresh(state, statement) : value);
}

}  // namespace sluice::checker
