#include "checks/conditions.hpp"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/FoldingSet.h"
#include "unit.hpp"

namespace sluice::checker {
namespace {

// Whether the value is one that the caller gave, or is made of one; what such a value points to is
// not.
bool is_given(const Value* value) {
  if (value->kind == ValueKind::deref) return false;
  if (value->kind == ValueKind::load && value->base()->kind == ValueKind::variable)
    return llvm::isa<clang::ParmVarDecl>(value->base()->decl());
  return llvm::any_of(value->parts, is_given);
}

// What two expressions have in common that are written alike and name the same things.
llvm::FoldingSetNodeID shape_of_text(const clang::Stmt* expression,
                                     const clang::ASTContext& context) {
  llvm::FoldingSetNodeID id;
  expression->Profile(id, context, /*Canonical=*/true);
  return id;
}

unsigned times_asked(const clang::Stmt* body, const llvm::FoldingSetNodeID& condition,
                     const clang::ASTContext& context) {
  if (body == nullptr) return 0;
  const auto* choice = llvm::dyn_cast<clang::IfStmt>(body);
  unsigned count =
      choice != nullptr && shape_of_text(choice->getCond(), context) == condition ? 1 : 0;
  for (const clang::Stmt* child : body->children()) count += times_asked(child, condition, context);
  return count;
}

bool is_around(const FunctionContext& context, const clang::Stmt* outer, const clang::Stmt* inner) {
  while (inner != nullptr && inner != outer) inner = context.parent(inner);
  return inner != nullptr;
}

}  // namespace

bool is_asked_again(Unit& unit, const FunctionPaths& paths, const clang::Stmt* statement,
                    const clang::Stmt* later) {
  const clang::Stmt* body = paths.context.function()->getBody();
  const clang::Stmt* inner = statement;
  for (const clang::Stmt* up = paths.context.parent(inner); up != nullptr;
       up = paths.context.parent(inner)) {
    const auto* choice = llvm::dyn_cast<clang::IfStmt>(up);
    const bool decides =
        choice != nullptr && (choice->getThen() == inner || choice->getElse() == inner);
    if (decides && !is_around(paths.context, inner, later)) {
      const auto condition = shape_of_text(choice->getCond(), unit.context());
      if (times_asked(body, condition, unit.context()) > 1) return true;
    }
    inner = up;
  }
  return false;
}

bool differs_by_arguments(const PathExit& a, const PathExit& b) {
  return llvm::any_of(a.state.facts(), [&](const Fact& fact) {
    return is_given(fact.subject) && fact.range.intersect(b.state.range(fact.subject)).empty();
  });
}

}  // namespace sluice::checker
