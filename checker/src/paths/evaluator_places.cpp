// The places that glvalues name. What a program writes in several ways is one place: references are
// followed, smart pointers are pointers, and a getter names what it returns.
#include "clang/AST/DeclCXX.h"
#include "paths/evaluator.hpp"
#include "syntax.hpp"

namespace sluice::checker {

const Value* Evaluator::place(const State& state, const clang::Expr* expression) {
  if (expression == nullptr || expression->isTypeDependent()) return values_.unknown();
  if (const auto* inner = llvm::dyn_cast<clang::ParenExpr>(expression))
    return place(state, inner->getSubExpr());
  if (const auto* full = llvm::dyn_cast<clang::FullExpr>(expression))
    return place(state, full->getSubExpr());
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression))
    return place_of_name(state, name);
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression))
    return place_of_member(state, member);
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression)) {
    switch (unary->getOpcode()) {
      case clang::UO_Deref:
        return values_.deref(pointer(state, unary->getSubExpr()));
      case clang::UO_PreInc:
      case clang::UO_PreDec:
      case clang::UO_Extension:
        return place(state, unary->getSubExpr());
      default:
        return values_.unknown();
    }
  }
  if (const auto* index = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression)) {
    const Value* base = pointer(state, index->getBase());
    const Value* number = value(state, index->getIdx());
    if (base->kind == ValueKind::address && base->base()->kind == ValueKind::element &&
        base->base()->parts[1]->is_constant(0)) {
      return values_.element(base->base()->parts[0], number);
    }
    return number->is_constant(0) ? values_.deref(base)
                                  : values_.element(values_.deref(base), number);
  }
  if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(expression))
    return place(state, cast->getSubExpr());
  if (const auto* temporary = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(expression)) {
    const clang::Expr* inner = temporary->getSubExpr();
    const clang::Expr* made = inner->IgnoreImpCasts();
    return values_.temporary(llvm::isa<clang::CXXBindTemporaryExpr>(inner) ? inner : made);
  }
  if (llvm::isa<clang::CXXBindTemporaryExpr>(expression)) return values_.temporary(expression);
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(expression))
    return context_.constructed(made);
  if (const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(expression)) {
    return place_of_operator(state, operation);
  }
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression)) {
    if (const clang::Expr* named = renamed_by(call)) return place(state, named);
    return values_.deref(named_call(state, call));
  }
  if (const auto* choice = llvm::dyn_cast<clang::AbstractConditionalOperator>(expression)) {
    const Range condition = state.range(value(state, choice->getCond()));
    if (condition.excludes_zero()) return place(state, choice->getTrueExpr());
    if (condition.is_zero()) return place(state, choice->getFalseExpr());
    return values_.unknown();
  }
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(expression)) {
    if (binary->isAssignmentOp()) return place(state, binary->getLHS());
    if (binary->getOpcode() == clang::BO_Comma) return place(state, binary->getRHS());
    return values_.unknown();
  }
  if (const auto* opaque = llvm::dyn_cast<clang::OpaqueValueExpr>(expression)) {
    return place(state, opaque->getSourceExpr());
  }
  if (const auto* argument = llvm::dyn_cast<clang::CXXDefaultArgExpr>(expression)) {
    return place(state, argument->getExpr());
  }
  if (llvm::isa<clang::StringLiteral, clang::CompoundLiteralExpr, clang::LambdaExpr>(expression)) {
    return values_.temporary(expression);
  }
  return values_.unknown();
}

// A pointer that a place is reached through. A call stands for what it names, so that
// `get()->lock()` and `get()->unlock()` are about one lock.
const Value* Evaluator::pointer(const State& state, const clang::Expr* expression) {
  const clang::Expr* inner = strip(expression);
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(inner)) {
    if (llvm::isa<clang::CXXOperatorCallExpr>(call)) return smart_pointer(state, expression);
    const auto* method = llvm::dyn_cast<clang::CXXMemberCallExpr>(call);
    if (method != nullptr && call->getNumArgs() == 0 && method->getMethodDecl() != nullptr &&
        method->getMethodDecl()->getIdentifier() != nullptr &&
        method->getMethodDecl()->getName() == "get") {
      return smart_pointer(state, method->getImplicitObjectArgument());
    }
    return named_call(state, call);
  }
  return value(state, expression);
}

const Value* Evaluator::place_of_name(const State& state, const clang::DeclRefExpr* name) {
  if (const auto* binding = llvm::dyn_cast<clang::BindingDecl>(name->getDecl())) {
    return binding->getBinding() == nullptr ? values_.unknown()
                                            : place(state, binding->getBinding());
  }
  const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
  if (variable == nullptr) return values_.unknown();
  const Value* where = values_.variable(variable);
  return variable->getType()->isReferenceType() ? values_.deref(state.content(values_, where))
                                                : where;
}

const Value* Evaluator::place_of_member(const State& state, const clang::MemberExpr* member) {
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(member->getMemberDecl())) {
    return values_.variable(variable);
  }
  const auto* field = llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl());
  if (field == nullptr) return values_.unknown();
  const Value* base = member->isArrow() ? values_.deref(pointer(state, member->getBase()))
                      : member->getBase()->isGLValue()
                          ? place(state, member->getBase())
                          : values_.temporary(strip(member->getBase()));
  const Value* where = values_.field(base, field);
  return field->getType()->isReferenceType() ? values_.deref(state.content(values_, where)) : where;
}

const Value* Evaluator::smart_pointer(const State& state, const clang::Expr* object) {
  // What `p->`, `*p` and `p.get()` lead to depends on what p holds.
  const clang::Expr* inner = strip(object);
  if (const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(inner)) {
    if (operation->getOperator() == clang::OO_Arrow ||
        (operation->getOperator() == clang::OO_Star && operation->getNumArgs() == 1)) {
      inner = operation->getArg(0);
    } else {
      return state.content(values_, place_of_operator(state, operation));
    }
  }
  const Value* held =
      inner->isGLValue() ? state.content(values_, place(state, inner)) : value(state, inner);
  return values_.operation(clang::BO_PtrMemI, held, values_.constant(0));
}

const Value* Evaluator::place_of_operator(const State& state,
                                          const clang::CXXOperatorCallExpr* call) {
  switch (call->getOperator()) {
    case clang::OO_Star:
      if (call->getNumArgs() == 1) return values_.deref(smart_pointer(state, call));
      break;
    case clang::OO_Arrow:
      return values_.deref(smart_pointer(state, call));
    case clang::OO_Subscript:
      if (call->getNumArgs() == 2) {
        const Value* key = value(state, call->getArg(1));
        return values_.element(place(state, call->getArg(0)), key);
      }
      break;
    case clang::OO_Equal:
    case clang::OO_PlusPlus:
    case clang::OO_MinusMinus:
      return place(state, call->getArg(0));
    default:
      break;
  }
  return values_.deref(named_call(state, call));
}

const Value* Evaluator::named_call(const State& state, const clang::CallExpr* call) {
  const clang::FunctionDecl* function = callee(state, call);
  if (function == nullptr) {
    const Value* result = state.result(call);
    return result != nullptr ? result : values_.unknown();
  }
  llvm::SmallVector<const Value*, 4> parts;
  unsigned first = 0;
  if (const Value* subject = object(state, call)) {
    parts.push_back(values_.address(subject));
    first = llvm::isa<clang::CXXOperatorCallExpr>(call) ? 1 : 0;
  }
  for (unsigned i = first; i < call->getNumArgs(); ++i) {
    const clang::Expr* argument = call->getArg(i);
    parts.push_back(argument->isGLValue() ? values_.address(place(state, argument))
                                          : value(state, argument));
  }
  const Value* named = values_.call(function, parts);
  if (!named->has_unknown) return named;
  const Value* result = state.result(call);
  return result != nullptr ? result : values_.unknown();
}

const Value* Evaluator::object(const State& state, const clang::CallExpr* call) {
  if (const auto* method = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) {
    const clang::Expr* subject = method->getImplicitObjectArgument();
    if (subject == nullptr) return nullptr;
    if (subject->getType()->isPointerType()) return values_.deref(pointer(state, subject));
    return subject->isGLValue() ? place(state, subject) : values_.temporary(strip(subject));
  }
  if (const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(call)) {
    const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(operation->getDirectCallee());
    if (method != nullptr && method->isInstance()) return place(state, operation->getArg(0));
  }
  return nullptr;
}

const Value* Evaluator::target(const State& state, const clang::Expr* argument) {
  if (argument->isGLValue()) return place(state, argument);
  if (!argument->getType()->isPointerType()) return nullptr;
  const Value* address = pointer(state, argument);
  return address->has_unknown ? nullptr : values_.deref(address);
}

}  // namespace sluice::checker
