#include "checks/loop_changes.hpp"

#include "checks/surroundings.hpp"
#include "checks/uses.hpp"
#include "checks/waits.hpp"
#include "clang/AST/StmtCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

bool is_variable(const clang::Expr* expression, const clang::VarDecl& variable) {
  const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(strip(expression));
  return name != nullptr && name->getDecl() == &variable;
}

// Another value for the variable as a whole. The operators of a class may do anything, as those of
// std::atomic do; what the compiler writes copies.
bool is_change(const clang::Stmt* statement, const clang::VarDecl& variable) {
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(statement))
    return binary->isAssignmentOp() && is_variable(binary->getLHS(), variable);
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(statement))
    return unary->isIncrementDecrementOp() && is_variable(unary->getSubExpr(), variable);
  const auto* call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(statement);
  if (call == nullptr || call->getOperator() != clang::OO_Equal) return false;
  const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(call->getDirectCallee());
  return method != nullptr && method->isDefaulted() && is_variable(call->getArg(0), variable);
}

// What goroutines do is left out: they may agree among themselves.
const clang::Expr* change_in(const clang::Stmt* statement, const clang::VarDecl& variable) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return nullptr;
  if (is_change(statement, variable)) return llvm::cast<clang::Expr>(statement);
  for (const clang::Stmt* child : statement->children()) {
    if (const clang::Expr* change = change_in(child, variable)) return change;
  }
  return nullptr;
}

const clang::Expr* change_in_round(const clang::Stmt* loop, const clang::VarDecl& variable) {
  const auto* counting = llvm::dyn_cast<clang::ForStmt>(loop);
  if (counting == nullptr) return change_in(loop, variable);
  // What its head does first, it does once.
  for (const clang::Stmt* part :
       {static_cast<const clang::Stmt*>(counting->getInc()),
        static_cast<const clang::Stmt*>(counting->getCond()), counting->getBody()}) {
    if (const clang::Expr* change = change_in(part, variable)) return change;
  }
  return nullptr;
}

// Whether the loop may end after the call: then there may be no next round.
bool may_leave_behind(const clang::SourceManager& sources, const clang::Stmt* statement,
                      clang::SourceLocation call) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
  if (llvm::isa<clang::BreakStmt, clang::ReturnStmt, clang::GotoStmt, clang::CXXThrowExpr>(
          statement) &&
      sources.isBeforeInTranslationUnit(call, statement->getBeginLoc()))
    return true;
  return llvm::any_of(statement->children(), [&](const clang::Stmt* child) {
    return may_leave_behind(sources, child, call);
  });
}

}  // namespace

const clang::Expr* changed_by_loop(Unit& unit, const clang::VarDecl& variable, const Site& spawn) {
  const clang::Stmt* loop = loop_around(spawn);
  const clang::SourceManager& sources = unit.sources();
  if (loop == nullptr || !variable.hasLocalStorage() || variable.getType()->isReferenceType() ||
      variable.getType().isVolatileQualified() ||
      !sources.isBeforeInTranslationUnit(variable.getLocation(), loop->getBeginLoc()))
    return nullptr;
  const clang::Expr* change = change_in_round(loop, variable);
  if (change == nullptr) return nullptr;
  const bool keeps_apart = llvm::any_of(unit.sites(), [&](const Site& site) {
    return llvm::is_contained(site.around, loop) && may_wait_for_other(site);
  });
  if (keeps_apart || may_wait_behind(unit, loop, loop->getBeginLoc()) ||
      may_leave_behind(sources, loop, spawn.expression->getBeginLoc()))
    return nullptr;
  return change;
}

}  // namespace sluice::checker
