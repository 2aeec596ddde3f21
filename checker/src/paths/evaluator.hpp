// Says what an expression stands for in a state. Changes nothing: calls and assignments have
// already happened when their value is asked for.
#pragma once

#include "clang/AST/ExprCXX.h"
#include "paths/function_context.hpp"
#include "paths/state.hpp"

namespace sluice::checker {

class Evaluator {
 public:
  Evaluator(Unit& unit, const FunctionContext& context)
      : unit_(unit), values_(unit.values()), context_(context) {}

  // The place that a glvalue names.
  const Value* place(const State& state, const clang::Expr* expression);
  const Value* value(const State& state, const clang::Expr* expression);

  // The object that a method is called on; null for other calls.
  const Value* object(const State& state, const clang::CallExpr* call);
  // The place that a pointer or reference argument leads to; null for other arguments.
  const Value* target(const State& state, const clang::Expr* argument);

  // The value of a call that depends on its arguments alone; null when it may differ each time.
  const Value* pure_call(const State& state, const clang::CallExpr* call,
                         const clang::FunctionDecl* callee);

  // Takes the branch on which `condition` is `truth`. False when that can not happen.
  bool assume(State& state, const clang::Expr* condition, bool truth);

  // The function behind a call, also through a pointer whose value is known.
  const clang::FunctionDecl* callee(const State& state, const clang::CallExpr* call);

 private:
  const Value* pointer(const State& state, const clang::Expr* expression);
  const Value* place_of_name(const State& state, const clang::DeclRefExpr* name);
  const Value* place_of_member(const State& state, const clang::MemberExpr* member);
  const Value* place_of_operator(const State& state, const clang::CXXOperatorCallExpr* call);
  const Value* named_call(const State& state, const clang::CallExpr* call);
  const Value* smart_pointer(const State& state, const clang::Expr* object);
  const Value* value_of_unary(const State& state, const clang::UnaryOperator* expression);
  const Value* value_of_binary(const State& state, const clang::BinaryOperator* expression);
  const Value* value_of_cast(const State& state, const clang::CastExpr* expression);
  const Value* value_of_constructor(const State& state, const clang::CXXConstructExpr* made);
  bool is_pure(const clang::FunctionDecl* callee) const;

  Unit& unit_;
  Values& values_;
  const FunctionContext& context_;
};

}  // namespace sluice::checker
