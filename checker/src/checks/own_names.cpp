#include "checks/own_names.hpp"

#include "clang/AST/RecursiveASTVisitor.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

class Mentions : public clang::RecursiveASTVisitor<Mentions> {
 public:
  explicit Mentions(const clang::ValueDecl* wanted) : wanted_(wanted->getCanonicalDecl()) {}

  unsigned count() const { return count_; }

  bool shouldVisitTemplateInstantiations() const { return true; }

  // NOLINTBEGIN(readability-identifier-naming): the names are RecursiveASTVisitor's.
  bool VisitDeclRefExpr(clang::DeclRefExpr* name) { return note(name->getDecl()); }
  bool VisitMemberExpr(clang::MemberExpr* name) { return note(name->getMemberDecl()); }
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

  const clang::Decl* wanted_;
  unsigned count_ = 0;
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
