#include "checks/own_names.hpp"

#include "clang/AST/RecursiveASTVisitor.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

class Mentions : public clang::RecursiveASTVisitor<Mentions> {
 public:
  explicit Mentions(const clang::ValueDecl* wanted) : wanted_(wanted->getCanonicalDecl()) {}

  unsigned count() const { return static_cast<unsigned>(count_); }

  bool shouldVisitTemplateInstantiations() const { return true; }

  // NOLINTBEGIN(readability-identifier-naming): the names are RecursiveASTVisitor's.
  bool VisitDeclRefExpr(clang::DeclRefExpr* name) { return note(name->getDecl()); }
  bool VisitMemberExpr(clang::MemberExpr* name) { return note(name->getMemberDecl()); }
  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr || callee->isOverloadedOperator()) return true;
    const llvm::ArrayRef<clang::Expr*> arguments(call->getArgs(), call->getNumArgs());
    for (const auto [argument, parameter] : llvm::zip(arguments, callee->parameters())) {
      if (only_looks(argument, parameter->getType())) --count_;
    }
    return true;
  }
  bool TraverseLambdaExpr(clang::LambdaExpr* lambda) {
    for (const clang::LambdaCapture& capture : lambda->captures()) {
      if (lambda->isInitCapture(&capture) && !TraverseDecl(capture.getCapturedVar())) return false;
    }
    return TraverseStmt(lambda->getBody());
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  bool note(const clang::Decl* declaration) {
    if (declaration->getCanonicalDecl() == wanted_) ++count_;
    return true;
  }

  // Whether it is given by a pointer through which it can't be changed.
  bool only_looks(const clang::Expr* argument, clang::QualType type) const {
    const auto* address = llvm::dyn_cast<clang::UnaryOperator>(strip(argument));
    if (address == nullptr || address->getOpcode() != clang::UO_AddrOf) return false;
    const clang::ValueDecl* given = named_by(address->getSubExpr());
    return given != nullptr && given->getCanonicalDecl() == wanted_ && type->isPointerType() &&
           type->getPointeeType().isConstQualified();
  }

  const clang::Decl* wanted_;
  int count_ = 0;  // below 0 on the way, where what only looks comes first
};

}  // namespace

bool is_known_here_alone(const clang::Decl* declaration, const clang::SourceManager& sources) {
  if (declaration->getASTContext().getLangOpts().IsHeaderFile) return false;
  const auto is_here = [&](const clang::Decl* each) {
    return sources.isInMainFile(sources.getExpansionLoc(each->getLocation()));
  };
  // A header may name a class without telling what is in it.
  if (llvm::isa<clang::FieldDecl>(declaration)) return is_here(declaration);
  return llvm::all_of(declaration->redecls(), is_here);
}

const clang::ValueDecl* named_by(const clang::Expr* expression) {
  if (expression == nullptr) return nullptr;
  expression = strip(expression);
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) return name->getDecl();
  const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression);
  return member == nullptr ? nullptr : member->getMemberDecl();
}

unsigned mentions_here(Unit& unit, const clang::ValueDecl* declaration) {
  Mentions mentions(declaration);
  for (clang::Decl* each : unit.context().getTranslationUnitDecl()->decls()) {
    if (unit.sources().isInMainFile(unit.sources().getExpansionLoc(each->getLocation())))
      mentions.TraverseDecl(each);
  }
  return mentions.count();
}

}  // namespace sluice::checker
