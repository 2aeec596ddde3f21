#include "checks/surroundings.hpp"

#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// The outermost expression of those around the call that are a part of each other.
const clang::Expr* whole_expression(const Site& site) {
  const clang::Expr* whole = site.expression;
  for (auto at = site.around.rbegin(); at != site.around.rend(); ++at) {
    const auto* expression = llvm::dyn_cast<clang::Expr>(*at);
    if (expression == nullptr || llvm::isa<clang::LambdaExpr>(expression)) return whole;
    whole = expression;
  }
  return whole;
}

const clang::Stmt* first_that_is_no_expression(const Site& site) {
  for (auto at = site.around.rbegin(); at != site.around.rend(); ++at) {
    if (!llvm::isa<clang::Expr>(*at)) return *at;
  }
  return nullptr;
}

bool is_body(const clang::Stmt* parent, const clang::Stmt* child) {
  if (const auto* choice = llvm::dyn_cast<clang::IfStmt>(parent)) {
    return choice->getThen() == child || choice->getElse() == child;
  }
  if (const auto* loop = llvm::dyn_cast<clang::ForStmt>(parent)) return loop->getBody() == child;
  if (const auto* loop = llvm::dyn_cast<clang::WhileStmt>(parent)) return loop->getBody() == child;
  if (const auto* loop = llvm::dyn_cast<clang::DoStmt>(parent)) return loop->getBody() == child;
  if (const auto* loop = llvm::dyn_cast<clang::CXXForRangeStmt>(parent))
    return loop->getBody() == child;
  return llvm::isa<clang::CompoundStmt, clang::SwitchCase, clang::LabelStmt>(parent);
}

}  // namespace

const clang::Expr* discarded(const Site& site) {
  const clang::Expr* whole = whole_expression(site);
  const clang::Stmt* parent = first_that_is_no_expression(site);
  if (parent == nullptr || !is_body(parent, whole)) return nullptr;
  if (whole->getType()->isVoidType() && site.callee->getReturnType() != whole->getType() &&
      !llvm::isa<clang::CXXConstructExpr>(site.expression)) {
    return nullptr;  // a cast to void says that it is meant
  }
  return strip(whole) == strip(site.expression) ? whole : nullptr;
}

const clang::Stmt* loop_around(const Site& site) {
  const clang::Stmt* inner = site.expression;
  for (auto at = site.around.rbegin(); at != site.around.rend(); ++at) {
    if (llvm::isa<clang::LambdaExpr>(*at)) return nullptr;
    if (const auto* loop = llvm::dyn_cast<clang::ForStmt>(*at)) {
      if (loop->getInit() != inner) return loop;
    } else if (const auto* range = llvm::dyn_cast<clang::CXXForRangeStmt>(*at)) {
      if (range->getBody() == inner) return range;
    } else if (llvm::isa<clang::WhileStmt, clang::DoStmt>(*at)) {
      return *at;
    }
    inner = *at;
  }
  return nullptr;
}

const clang::Stmt* loop_of(const clang::VarDecl* variable, const Site& site) {
  for (auto at = site.around.rbegin(); at != site.around.rend(); ++at) {
    if (const auto* range = llvm::dyn_cast<clang::CXXForRangeStmt>(*at)) {
      // A reference to an element is as good as the element.
      if (range->getLoopVariable() == variable)
        return variable->getType()->isReferenceType() ? nullptr : range;
    }
    const auto* loop = llvm::dyn_cast<clang::ForStmt>(*at);
    const auto* declared =
        loop == nullptr ? nullptr : llvm::dyn_cast_or_null<clang::DeclStmt>(loop->getInit());
    if (declared != nullptr && llvm::is_contained(declared->decls(), variable)) return loop;
  }
  return nullptr;
}

const clang::VarDecl* captured_variable(const clang::LambdaCapture& capture) {
  if (!capture.capturesVariable()) return nullptr;
  const clang::ValueDecl* captured = capture.getCapturedVar();
  if (const auto* binding = llvm::dyn_cast<clang::BindingDecl>(captured))
    return llvm::dyn_cast<clang::VarDecl>(binding->getDecomposedDecl());
  return llvm::dyn_cast<clang::VarDecl>(captured);
}

bool changes(const clang::Stmt* body, const clang::VarDecl* variable) {
  if (body == nullptr) return false;
  const auto names = [variable](const clang::Expr* expression) {
    return variable_of(expression) == variable;
  };
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(body)) {
    if (binary->isAssignmentOp() && names(binary->getLHS())) return true;
  }
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(body)) {
    if ((unary->isIncrementDecrementOp() || unary->getOpcode() == clang::UO_AddrOf) &&
        names(unary->getSubExpr()))
      return true;
  }
  return llvm::any_of(body->children(),
                      [&](const clang::Stmt* child) { return changes(child, variable); });
}

Place place_of(const Site& site) {
  const clang::Stmt* statement = site.expression;
  for (auto at = site.around.rbegin(); at != site.around.rend(); ++at) {
    const auto* block = llvm::dyn_cast<clang::CompoundStmt>(*at);
    if (block == nullptr) {
      if (!llvm::isa<clang::Expr, clang::DeclStmt>(*at) || llvm::isa<clang::LambdaExpr>(*at))
        return {};
      statement = *at;
      continue;
    }
    const auto* found = llvm::find(block->body(), statement);
    if (found == block->body_end()) return {};
    return {block, statement, found + 1 == block->body_end() ? nullptr : *(found + 1)};
  }
  return {};
}

Enclosing lambda_around(const Site& site) {
  for (auto at = site.around.rbegin(); at != site.around.rend(); ++at) {
    const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(*at);
    if (lambda == nullptr) continue;
    for (++at; at != site.around.rend(); ++at) {
      if (llvm::isa<clang::CallExpr>(*at)) return {lambda, llvm::cast<clang::Expr>(*at)};
      if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(*at)) {
        // A copy of the lambda on its way.
        const clang::CXXRecordDecl* type = made->getConstructor()->getParent();
        if (!type->isLambda()) return {lambda, made};
      }
      if (!llvm::isa<clang::Expr>(*at)) break;
    }
    return {lambda, nullptr};
  }
  return {};
}

const clang::Expr* object_of(const Site& site) {
  if (site.lock != nullptr && site.lock->lock == kNamed) return nullptr;
  if (const auto* method = llvm::dyn_cast<clang::CXXMemberCallExpr>(site.expression)) {
    // What a smart pointer leads to is known by the name of the pointer, as with a plain one.
    const clang::Expr* object = method->getImplicitObjectArgument();
    const auto* arrow = llvm::dyn_cast<clang::CXXOperatorCallExpr>(strip(object));
    return arrow != nullptr && arrow->getOperator() == clang::OO_Arrow ? arrow->getArg(0) : object;
  }
  const auto arguments = site.arguments();
  if (arguments.empty()) return nullptr;
  const clang::Expr* first = strip(arguments[0]);
  if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(first)) {
    if (address->getOpcode() == clang::UO_AddrOf) return address->getSubExpr();
  }
  return first;
}

bool same_object(const clang::Expr* a, const clang::Expr* b) {
  if (a == nullptr || b == nullptr) return false;
  a = strip(a);
  b = strip(b);
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(a)) {
    const auto* other = llvm::dyn_cast<clang::DeclRefExpr>(b);
    return other != nullptr &&
           name->getDecl()->getCanonicalDecl() == other->getDecl()->getCanonicalDecl();
  }
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(a)) {
    const auto* other = llvm::dyn_cast<clang::MemberExpr>(b);
    return other != nullptr && member->getMemberDecl() == other->getMemberDecl() &&
           same_object(member->getBase(), other->getBase());
  }
  if (const auto* step = llvm::dyn_cast<clang::UnaryOperator>(a)) {
    const auto* other = llvm::dyn_cast<clang::UnaryOperator>(b);
    return other != nullptr && step->getOpcode() == other->getOpcode() &&
           !step->isIncrementDecrementOp() && same_object(step->getSubExpr(), other->getSubExpr());
  }
  return llvm::isa<clang::CXXThisExpr>(a) && llvm::isa<clang::CXXThisExpr>(b);
}

const clang::VarDecl* variable_of(const clang::Expr* expression) {
  while (expression != nullptr) {
    expression = strip(expression);
    if (const auto* name = llvm::dyn_cast_or_null<clang::DeclRefExpr>(expression))
      return llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    const auto* member = llvm::dyn_cast_or_null<clang::MemberExpr>(expression);
    if (member == nullptr || member->isArrow()) return nullptr;
    expression = member->getBase();
  }
  return nullptr;
}

std::string spelled(Unit& unit, const clang::Expr* expression, const char* what) {
  if (expression == nullptr) return what;
  const std::string text = source_text(unit.context(), strip(expression)->getSourceRange());
  return text.empty() || text.find('\n') != std::string::npos ? what : "'" + text + "'";
}

bool ends_failed_test(Unit& unit, const clang::Stmt* statement) {
  const clang::SourceManager& sources = unit.sources();
  for (clang::SourceLocation at = statement->getBeginLoc(); at.isMacroID();
       at = sources.getImmediateMacroCallerLoc(at)) {
    const llvm::StringRef name =
        clang::Lexer::getImmediateMacroName(at, sources, unit.context().getLangOpts());
    if (name.starts_with("GTEST_")) return true;
  }
  return false;
}

bool comes_before(Unit& unit, const Site& a, const Site& b) {
  return unit.sources().isBeforeInTranslationUnit(a.expression->getBeginLoc(),
                                                  b.expression->getBeginLoc());
}

}  // namespace sluice::checker
