#include "checks/conditions.hpp"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/FoldingSet.h"
#include "summaries/summary.hpp"
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

// Whether a call within `statement` may release a lock of this shape.
bool may_release(Unit& unit, const clang::Stmt* statement, const void* shape) {
  if (statement == nullptr) return false;
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr) return true;
    if (const LockFunction* row = unit.vocabulary().lock_function(callee)) {
      const bool is_other = row->lock >= 0 && row->lock < static_cast<int>(call->getNumArgs()) &&
                            shape_of(call->getArg(row->lock)) != shape;
      if (row->effect == Effect::release && !is_other) return true;
    } else if (unit.facts(callee) == nullptr) {
      if (!unit.library().owns(callee)) return true;
    } else if (unit.touches_locks(callee)) {
      const Summary* summary = unit.summary(callee);
      const auto releases = [](const LockEffect& effect) { return effect.balance < 0; };
      const auto does = [&](const Outcome& each) { return llvm::any_of(each.effects, releases); };
      if (summary == nullptr || summary->releases_unnamed || llvm::any_of(summary->outcomes, does))
        return true;
    }
  }
  return llvm::any_of(statement->children(),
                      [&](const clang::Stmt* child) { return may_release(unit, child, shape); });
}

bool is_asked_elsewhere(Unit& unit, const clang::Stmt* body, const clang::IfStmt* asked,
                        const llvm::FoldingSetNodeID& condition, const void* shape) {
  if (body == nullptr) return false;
  const auto* choice = llvm::dyn_cast<clang::IfStmt>(body);
  if (choice != nullptr && choice != asked &&
      shape_of_text(choice->getCond(), unit.context()) == condition &&
      may_release(unit, choice, shape))
    return true;
  return llvm::any_of(body->children(), [&](const clang::Stmt* child) {
    return is_asked_elsewhere(unit, child, asked, condition, shape);
  });
}

bool is_around(const FunctionContext& context, const clang::Stmt* outer, const clang::Stmt* inner) {
  while (inner != nullptr && inner != outer) inner = context.parent(inner);
  return inner != nullptr;
}

}  // namespace

bool is_asked_again(Unit& unit, const FunctionPaths& paths, const HeldLock& lock,
                    const clang::Stmt* later) {
  const clang::Stmt* body = paths.context.function()->getBody();
  const clang::Stmt* inner = lock.site;
  for (const clang::Stmt* up = paths.context.parent(inner); up != nullptr;
       up = paths.context.parent(inner)) {
    const auto* choice = llvm::dyn_cast<clang::IfStmt>(up);
    const bool decides =
        choice != nullptr && (choice->getThen() == inner || choice->getElse() == inner);
    if (decides && !is_around(paths.context, inner, later)) {
      const auto condition = shape_of_text(choice->getCond(), unit.context());
      if (is_asked_elsewhere(unit, body, choice, condition, shape_of(lock.place))) return true;
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
