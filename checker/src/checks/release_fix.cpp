// Writes the release that a path lacks, in the words in which the lock was taken.
#include "checks/release_fix.hpp"

#include "checks/fix_text.hpp"
#include "clang/AST/ASTContext.h"
#include "clang/Lex/Lexer.h"
#include "paths/evaluator.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

struct Spelled {
  std::string text;         // `mu_.unlock()`
  const clang::Expr* lock;  // the expression in it that names the lock; null: none does
};

Spelled release_text(Unit& unit, const HeldLock& lock) {
  if (lock.how == nullptr || lock.how->release.empty() || lock.site == nullptr) return {};
  const std::string name(lock.how->release);
  if (const auto* method = llvm::dyn_cast<clang::CXXMemberCallExpr>(lock.site)) {
    const auto* member = llvm::dyn_cast<clang::MemberExpr>(method->getCallee()->IgnoreParens());
    if (member == nullptr || lock.how->lock != kObject) return {};
    const clang::Expr* object = method->getImplicitObjectArgument();
    if (member->isImplicitAccess()) return {name + "()", object};
    const std::string text = source_text(unit.context(), member->getBase()->getSourceRange());
    if (text.empty()) return {};
    return {text + (member->isArrow() ? "->" : ".") + name + "()", object};
  }
  const auto* call = llvm::dyn_cast<clang::CallExpr>(lock.site);
  if (call != nullptr && lock.how->lock == kNamed && call->getNumArgs() == 0)
    return {name + "()", nullptr};
  if (call == nullptr || lock.how->lock != 0 || call->getNumArgs() == 0) return {};
  const std::string text = source_text(unit.context(), call->getArg(0)->getSourceRange());
  if (text.empty()) return {};
  return {name + "(" + text + ")", call->getArg(0)};
}

// Whether every variable in `expression` is still in scope at `where` (null: at the end of the
// function).
bool in_scope(const clang::Stmt* expression, const clang::Stmt* where,
              const FunctionContext& context) {
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    if (variable != nullptr && variable->hasLocalStorage() &&
        !llvm::isa<clang::ParmVarDecl>(variable) &&
        variable->getDeclContext() == context.function()) {
      const auto* body = llvm::dyn_cast<clang::CompoundStmt>(context.function()->getBody());
      if (where == nullptr) {
        return body != nullptr && llvm::any_of(body->body(), [&](const clang::Stmt* statement) {
                 const auto* declared = llvm::dyn_cast<clang::DeclStmt>(statement);
                 return declared != nullptr && llvm::is_contained(declared->decls(), variable);
               });
      }
      return llvm::is_contained(context.unwound(where, nullptr), variable);
    }
  }
  for (const clang::Stmt* child : expression->children()) {
    if (child != nullptr && !in_scope(child, where, context)) return false;
  }
  return true;
}

}  // namespace

bool needs_no_lock(const clang::Expr* result, const clang::ASTContext& context) {
  if (result == nullptr) return true;
  const clang::Expr* inner = strip(result);
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(inner)) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    if (variable == nullptr) return llvm::isa<clang::EnumConstantDecl>(name->getDecl());
    return variable->hasLocalStorage() && !variable->getType()->isReferenceType();
  }
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(inner)) {
    if (unary->getOpcode() == clang::UO_Minus) return needs_no_lock(unary->getSubExpr(), context);
  }
  if (llvm::isa<clang::CXXNullPtrLiteralExpr, clang::GNUNullExpr, clang::StringLiteral>(inner))
    return true;
  return !inner->isInstantiationDependent() && inner->isEvaluatable(context);
}

std::vector<clang::FixItHint> release_before(Unit& unit, const FunctionPaths& paths,
                                             const HeldLock& lock, const PathExit& exit) {
  const FunctionContext& context = paths.context;
  const Spelled release = release_text(unit, lock);
  if (release.text.empty()) return {};
  for (const PathExit& other : paths.exits) {
    State state = other.state;
    const HeldLock* held = state.find_lock(lock.place);
    if (other.where == exit.where && other.kind == exit.kind &&
        (held == nullptr || held->balance != 1))
      return {};
  }
  if (release.lock != nullptr) {
    if (!in_scope(release.lock, exit.where, context)) return {};
    Evaluator evaluator(unit, context);
    if (evaluator.target(exit.state, release.lock) != lock.place) return {};
  }

  const clang::SourceManager& sources = unit.sources();
  bool begins_line = false;
  if (exit.kind == ExitKind::falls_off) {
    const auto* body = llvm::dyn_cast<clang::CompoundStmt>(context.function()->getBody());
    if (body == nullptr || body->body_empty() || body->getRBracLoc().isMacroID()) return {};
    const clang::SourceLocation brace = body->getRBracLoc();
    const std::string outer = indent_of(sources, brace, begins_line);
    if (!begins_line) return {clang::FixItHint::CreateInsertion(brace, release.text + "; ")};
    bool first_begins = false;
    std::string inner = indent_of(
        sources, sources.getExpansionLoc(body->body_front()->getBeginLoc()), first_begins);
    if (inner.size() < outer.size()) inner = outer;
    return {clang::FixItHint::CreateInsertion(
        brace, inner.substr(outer.size()) + release.text + ";\n" + outer)};
  }
  const clang::Stmt* statement = exit.where;
  if (exit.kind == ExitKind::throws) {
    if (!llvm::isa<clang::CXXThrowExpr>(statement)) return {};
    if (const auto* full = llvm::dyn_cast_or_null<clang::FullExpr>(context.parent(statement)))
      statement = full;
  } else if (!needs_no_lock(llvm::cast<clang::ReturnStmt>(statement)->getRetValue(),
                            unit.context())) {
    return {};
  }
  const clang::SourceLocation begin = statement->getBeginLoc();
  if (begin.isMacroID() || statement->getEndLoc().isMacroID()) return {};
  const std::string indent = indent_of(sources, begin, begins_line);
  const clang::Stmt* parent = context.parent(statement);
  if (llvm::isa_and_nonnull<clang::CompoundStmt>(parent)) {
    const std::string between = begins_line ? ";\n" + indent : "; ";
    return {clang::FixItHint::CreateInsertion(begin, release.text + between)};
  }
  if (llvm::isa_and_nonnull<clang::SwitchCase, clang::LabelStmt>(parent)) {
    return {clang::FixItHint::CreateInsertion(begin, release.text + "; ")};
  }
  const clang::SourceLocation after = clang::Lexer::findLocationAfterToken(
      statement->getEndLoc(), clang::tok::semi, sources, unit.context().getLangOpts(),
      /*SkipTrailingWhitespaceAndNewLine=*/false);
  if (after.isInvalid()) return {};
  return {clang::FixItHint::CreateInsertion(begin, "{ " + release.text + "; "),
          clang::FixItHint::CreateInsertion(after, " }")};
}

}  // namespace sluice::checker
