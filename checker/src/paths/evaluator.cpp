// Values of expressions. Places are in evaluator_places.cpp.
#include "paths/evaluator.hpp"

#include "clang/AST/Attr.h"
#include "syntax.hpp"

namespace sluice::checker {

const Value* Evaluator::value(const State& state, const clang::Expr* expression) {
  if (expression == nullptr || expression->isValueDependent()) return values_.unknown();
  if (const Value* known = state.result(expression)) return known;
  if (expression->isGLValue()) {
    const Value* where = place(state, expression);
    if (where->has_unknown) return values_.unknown();
    const Value* held = state.content(values_, where);
    const auto* temporary = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(expression);
    const bool is_new = temporary != nullptr && held == values_.load(where);
    return is_new ? value(state, temporary->getSubExpr()) : held;
  }
  if (const auto* full = llvm::dyn_cast<clang::FullExpr>(expression))
    return value(state, full->getSubExpr());
  if (const auto* inner = llvm::dyn_cast<clang::ParenExpr>(expression))
    return value(state, inner->getSubExpr());
  if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(expression))
    return value_of_cast(state, cast);
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression))
    return value_of_unary(state, unary);
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(expression))
    return value_of_binary(state, binary);
  if (const auto* literal = llvm::dyn_cast<clang::IntegerLiteral>(expression)) {
    const llvm::APInt number = literal->getValue();
    return number.getSignificantBits() <= 64 ? values_.constant(number.getSExtValue())
                                             : values_.unknown();
  }
  if (const auto* literal = llvm::dyn_cast<clang::CharacterLiteral>(expression)) {
    return values_.constant(literal->getValue());
  }
  if (const auto* literal = llvm::dyn_cast<clang::CXXBoolLiteralExpr>(expression)) {
    return values_.constant(literal->getValue() ? 1 : 0);
  }
  if (llvm::isa<clang::CXXNullPtrLiteralExpr, clang::GNUNullExpr, clang::ImplicitValueInitExpr,
                clang::CXXScalarValueInitExpr>(expression)) {
    return values_.constant(0);
  }
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    if (const auto* number = llvm::dyn_cast<clang::EnumConstantDecl>(name->getDecl())) {
      const llvm::APSInt& init = number->getInitVal();
      return init.isRepresentableByInt64() ? values_.constant(init.getExtValue())
                                           : values_.unknown();
    }
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(name->getDecl())) {
      return values_.function(function);
    }
    return values_.unknown();
  }
  if (llvm::isa<clang::CXXThisExpr>(expression)) return values_.self();
  if (llvm::isa<clang::LambdaExpr>(expression)) return values_.closure(expression);
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression)) {
    // Not recorded: it has not been executed on this path, or is not an element of the graph.
    const clang::FunctionDecl* function = call->getDirectCallee();
    const Value* pure = function == nullptr ? nullptr : pure_call(state, call, function);
    return pure != nullptr ? pure : values_.unknown();
  }
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(expression))
    return value_of_constructor(state, made);
  if (const auto* bound = llvm::dyn_cast<clang::CXXBindTemporaryExpr>(expression)) {
    return value(state, bound->getSubExpr());
  }
  if (const auto* choice = llvm::dyn_cast<clang::AbstractConditionalOperator>(expression)) {
    const Range condition = state.range(value(state, choice->getCond()));
    if (condition.excludes_zero()) return value(state, choice->getTrueExpr());
    if (condition.is_zero()) return value(state, choice->getFalseExpr());
    return values_.unknown();
  }
  if (const auto* opaque = llvm::dyn_cast<clang::OpaqueValueExpr>(expression)) {
    return value(state, opaque->getSourceExpr());
  }
  if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(expression)) {
    if (list->getNumInits() == 1 && !list->getType()->isRecordType())
      return value(state, list->getInit(0));
    return values_.unknown();
  }
  if (const auto* block = llvm::dyn_cast<clang::StmtExpr>(expression)) {
    const auto* last = llvm::dyn_cast_or_null<clang::Expr>(block->getSubStmt()->body_back());
    return value(state, last);
  }
  if (const auto* argument = llvm::dyn_cast<clang::CXXDefaultArgExpr>(expression)) {
    return value(state, argument->getExpr());
  }
  if (const auto* init = llvm::dyn_cast<clang::CXXDefaultInitExpr>(expression))
    return value(state, init->getExpr());
  if (llvm::isa<clang::CXXNewExpr>(expression)) return values_.opaque(expression, nullptr);
  clang::Expr::EvalResult evaluated;
  if (llvm::isa<clang::UnaryExprOrTypeTraitExpr, clang::TypeTraitExpr, clang::ConstantExpr>(
          expression) &&
      expression->EvaluateAsInt(evaluated, unit_.context()) &&
      evaluated.Val.getInt().isRepresentableByInt64()) {
    return values_.constant(evaluated.Val.getInt().getExtValue());
  }
  return values_.unknown();
}

const Value* Evaluator::value_of_cast(const State& state, const clang::CastExpr* expression) {
  const clang::Expr* inner = expression->getSubExpr();
  switch (expression->getCastKind()) {
    case clang::CK_LValueToRValue: {
      const Value* where = place(state, inner);
      const Value* held = where->has_unknown ? values_.unknown() : state.content(values_, where);
      if (held->kind != ValueKind::load) return held;
      // A constant that the program names.
      const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(inner->IgnoreParenImpCasts());
      const auto* variable =
          name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
      if (variable == nullptr || !variable->getType().isConstQualified() || !variable->hasInit() ||
          !variable->getType()->isIntegralOrEnumerationType()) {
        return held;
      }
      const clang::APValue* constant = variable->evaluateValue();
      if (constant == nullptr || !constant->isInt() || !constant->getInt().isRepresentableByInt64())
        return held;
      return values_.constant(constant->getInt().getExtValue());
    }
    case clang::CK_ArrayToPointerDecay:
      return values_.address(values_.element(place(state, inner), values_.constant(0)));
    case clang::CK_FunctionToPointerDecay:
    case clang::CK_BuiltinFnToFnPtr: {
      const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(inner->IgnoreParens());
      const auto* function =
          name == nullptr ? nullptr : llvm::dyn_cast<clang::FunctionDecl>(name->getDecl());
      return function == nullptr ? values_.unknown() : values_.function(function);
    }
    case clang::CK_NullToPointer:
      return values_.constant(0);
    case clang::CK_IntegralToBoolean:
    case clang::CK_PointerToBoolean:
      return values_.truth(value(state, inner));
    case clang::CK_FloatingToBoolean:
    case clang::CK_FloatingToIntegral:
    case clang::CK_IntegralToFloating:
    case clang::CK_Dynamic:
      return values_.unknown();
    default:
      return value(state, inner);
  }
}

const Value* Evaluator::value_of_unary(const State& state, const clang::UnaryOperator* expression) {
  const clang::Expr* inner = expression->getSubExpr();
  switch (expression->getOpcode()) {
    case clang::UO_AddrOf: {
      if (const clang::FunctionDecl* function = callable_of(inner))
        return values_.function(function);
      return values_.address(place(state, inner));
    }
    case clang::UO_LNot:
      return values_.negate(value(state, inner));
    case clang::UO_Minus:
      return values_.operation(clang::BO_Sub, values_.constant(0), value(state, inner));
    case clang::UO_Not: {
      const Value* number = value(state, inner);
      return number->kind == ValueKind::constant ? values_.constant(~number->number)
                                                 : values_.unknown();
    }
    case clang::UO_Plus:
    case clang::UO_Extension:
      return value(state, inner);
    default:
      return values_.unknown();  // Steps are recorded when they happen.
  }
}

const Value* Evaluator::value_of_binary(const State& state,
                                        const clang::BinaryOperator* expression) {
  const clang::Expr* left = expression->getLHS();
  const clang::Expr* right = expression->getRHS();
  switch (expression->getOpcode()) {
    case clang::BO_Comma:
      return value(state, right);
    case clang::BO_LAnd:
    case clang::BO_LOr: {
      const bool is_and = expression->getOpcode() == clang::BO_LAnd;
      const Value* first = values_.truth(value(state, left));
      const Range known = state.range(first);
      if (is_and ? known.is_zero() : known.excludes_zero()) return values_.constant(is_and ? 0 : 1);
      if (is_and ? known.excludes_zero() : known.is_zero())
        return values_.truth(value(state, right));
      return values_.unknown();
    }
    case clang::BO_EQ:
      return values_.equal(value(state, left), value(state, right));
    case clang::BO_NE:
      return values_.negate(values_.equal(value(state, left), value(state, right)));
    case clang::BO_LT:
      return values_.less(value(state, left), value(state, right));
    case clang::BO_GT:
      return values_.less(value(state, right), value(state, left));
    case clang::BO_LE:
      return values_.negate(values_.less(value(state, right), value(state, left)));
    case clang::BO_GE:
      return values_.negate(values_.less(value(state, left), value(state, right)));
    default:
      break;
  }
  if (expression->isAssignmentOp()) {
    // In C an assignment is not an lvalue; it has happened, so the target holds the value.
    return value(state, left);
  }
  return values_.operation(expression->getOpcode(), value(state, left), value(state, right));
}

const Value* Evaluator::value_of_constructor(const State& state,
                                             const clang::CXXConstructExpr* made) {
  const clang::CXXConstructorDecl* constructor = made->getConstructor();
  if (made->getNumArgs() == 1 && constructor->isCopyOrMoveConstructor())
    return value(state, made->getArg(0));
  // An empty optional, pointer or expected is as false as a null pointer.
  if (made->getNumArgs() == 0) return values_.constant(0);
  if (made->getNumArgs() == 1 && made->getArg(0)->getType()->isNullPtrType())
    return values_.constant(0);
  if (const clang::CXXRecordDecl* type = made->getArg(0)->getType()->getAsCXXRecordDecl()) {
    if (type->getIdentifier() != nullptr && type->getName() == "nullopt_t")
      return values_.constant(0);
  }
  return values_.opaque(made, nullptr);
}

bool Evaluator::is_pure(const clang::FunctionDecl* callee) const {
  if (context_.is_stable(callee)) return true;
  if (callee->hasAttr<clang::PureAttr>() || callee->hasAttr<clang::ConstAttr>()) return true;
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee)) {
    return method->isInstance() && method->isConst() && !method->getReturnType()->isVoidType();
  }
  // A function that only looks something up and returns it.
  const clang::FunctionDecl* definition = nullptr;
  const auto* body = llvm::dyn_cast_or_null<clang::CompoundStmt>(callee->getBody(definition));
  if (body == nullptr || body->size() != 1) return false;
  const auto* returned = llvm::dyn_cast<clang::ReturnStmt>(body->body_front());
  const clang::Expr* result = returned == nullptr ? nullptr : returned->getRetValue();
  return result != nullptr && !result->isInstantiationDependent() &&
         !result->HasSideEffects(unit_.context());
}

const Value* Evaluator::pure_call(const State& state, const clang::CallExpr* call,
                                  const clang::FunctionDecl* callee) {
  if (const unsigned builtin = callee->getBuiltinID()) {
    if (builtin == clang::Builtin::BI__builtin_expect ||
        builtin == clang::Builtin::BI__builtin_expect_with_probability) {
      return value(state, call->getArg(0));
    }
  }
  if (const auto* conversion = llvm::dyn_cast<clang::CXXConversionDecl>(callee)) {
    // Whether a pointer or an optional holds something.
    const bool asks = conversion->isExplicit() && conversion->getConversionType()->isBooleanType();
    const Value* subject = asks ? object(state, call) : nullptr;
    const Value* held = subject == nullptr ? values_.unknown() : state.content(values_, subject);
    if (!held->has_unknown) return values_.truth(held);
  }
  if (!is_pure(callee)) return nullptr;
  if (const auto* method = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) {
    const bool leads_on = callee->getIdentifier() != nullptr && callee->getName() == "get" &&
                          call->getNumArgs() == 0 && callee->getReturnType()->isPointerType();
    if (leads_on) return smart_pointer(state, method->getImplicitObjectArgument());
  }
  llvm::SmallVector<const Value*, 4> parts;
  unsigned first = 0;
  if (const Value* subject = object(state, call)) {
    parts.push_back(state.content(values_, subject));
    first = llvm::isa<clang::CXXOperatorCallExpr>(call) ? 1 : 0;
  }
  for (unsigned i = first; i < call->getNumArgs(); ++i)
    parts.push_back(value(state, call->getArg(i)));
  for (const Value* part : parts) {
    if (part->has_unknown) return nullptr;
  }
  return values_.call(callee, parts);
}

bool Evaluator::assume(State& state, const clang::Expr* condition, bool truth) {
  if (condition == nullptr) return true;
  condition = condition->IgnoreParens();
  if (const auto* negated = llvm::dyn_cast<clang::UnaryOperator>(condition)) {
    if (negated->getOpcode() == clang::UO_LNot) return assume(state, negated->getSubExpr(), !truth);
  }
  return state.assume_truth(value(state, condition), truth);
}

const clang::FunctionDecl* Evaluator::callee(const State& state, const clang::CallExpr* call) {
  if (const clang::FunctionDecl* direct = call->getDirectCallee()) return direct;
  const Value* target = value(state, call->getCallee());
  if (target->kind != ValueKind::function) return nullptr;
  return llvm::cast<clang::FunctionDecl>(target->decl());
}

}  // namespace sluice::checker
