// What stands around a call: its statement, the loop and the block that it is in, and which object
// it is about.
#pragma once

#include <string>

#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "unit.hpp"

namespace sluice::checker {

// The whole expression that the call stands in, if nothing is done with the result; else null.
const clang::Expr* discarded(const Site& site);

// The innermost loop of the same function whose rounds the call is a part of; null: none.
const clang::Stmt* loop_around(const Site& site);

// The loop that `variable` counts or walks along, if it is one of those around the call.
const clang::Stmt* loop_of(const clang::VarDecl* variable, const Site& site);

// The variable that the lambda captures, or that has what it captures; null for `this`.
const clang::VarDecl* captured_variable(const clang::LambdaCapture& capture);

// Whether `body` changes the variable, or gives its address away.
bool changes(const clang::Stmt* body, const clang::VarDecl* variable);

// The statements of the block that the call stands in directly, as a statement of its own or as
// the first thing that a declaration does; and which of them it is. Null: it is deeper.
struct Place {
  const clang::CompoundStmt* block = nullptr;
  const clang::Stmt* statement = nullptr;
  const clang::Stmt* next = nullptr;  // null: it is the last
};
Place place_of(const Site& site);

// The lambda that the call is in, and the call that this lambda is given to; null: none.
struct Enclosing {
  const clang::LambdaExpr* lambda = nullptr;
  const clang::Expr* given_to = nullptr;
};
Enclosing lambda_around(const Site& site);

// The object that a method is called on, or the first argument; null: there is none.
const clang::Expr* object_of(const Site& site);

// Whether both expressions name the same variable, or the same member of the same object.
bool same_object(const clang::Expr* a, const clang::Expr* b);

// The variable at the root of the expression, if it names a part of one.
const clang::VarDecl* variable_of(const clang::Expr* expression);

// As the program spells it, or `what` when that is not plain text.
std::string spelled(Unit& unit, const clang::Expr* expression, const char* what);

// Whether `a` stands before `b`.
bool comes_before(Unit& unit, const Site& a, const Site& b);

// Whether it is the return by which GoogleTest's ASSERT_* end a test: that has failed, and nobody
// goes on.
bool ends_failed_test(Unit& unit, const clang::Stmt* statement);

}  // namespace sluice::checker
