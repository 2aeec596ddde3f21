// A lock that is a copy of another one: whoever locks the original is not kept out.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/AST/DeclCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-copied-sync";

// What the variable is a copy of when it is made; null: it is none.
const clang::Expr* original_of(const clang::VarDecl* variable) {
  const clang::Expr* init = variable->getInit();
  if (init == nullptr) return nullptr;
  init = init->IgnoreParenImpCasts();
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(init)) {
    if (!made->getConstructor()->isCopyConstructor() || made->getNumArgs() != 1) return nullptr;
    init = made->getArg(0)->IgnoreParenImpCasts();
  }
  const bool is_object = init->isLValue() && !llvm::isa<clang::CompoundLiteralExpr>(init) &&
                         init->getType().getCanonicalType().getUnqualifiedType() ==
                             variable->getType().getCanonicalType().getUnqualifiedType();
  // One that never changes is a pattern to copy from.
  const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(init);
  const bool is_pattern = name != nullptr && name->getDecl()->getType().isConstQualified();
  return is_object && !is_pattern ? init : nullptr;
}

// Whether the function sets the lock up, or the object that it is in.
bool is_set_up(const clang::Stmt* body, const clang::VarDecl* variable) {
  if (body == nullptr) return false;
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(body)) {
    if (binary->isAssignmentOp() && binary->getLHS()->getType()->isRecordType() &&
        variable_of(binary->getLHS()) == variable)
      return true;
  }
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(body)) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    const bool sets_up =
        callee == nullptr || llvm::any_of(words_of(simple_name(callee)), [](llvm::StringRef word) {
          return word.contains("init") || word == "setup" || word == "make" || word == "create" ||
                 word == "reset";
        });
    for (const clang::Expr* argument : call->arguments()) {
      const auto* address = llvm::dyn_cast<clang::UnaryOperator>(strip(argument));
      if (sets_up && address != nullptr && variable_of(address->getSubExpr()) == variable)
        return true;
    }
  }
  return llvm::any_of(body->children(),
                      [&](const clang::Stmt* child) { return is_set_up(child, variable); });
}

class CopiedSync : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& site : unit.sites()) {
      // Those of classes can't be copied, or are handles of a lock that is elsewhere.
      if (site.lock == nullptr || !site.lock->is_acquire() || site.lock->lock < 0) continue;
      const clang::VarDecl* variable = variable_of(object_of(site));
      if (variable == nullptr || !variable->hasLocalStorage()) continue;
      const clang::LambdaCapture* capture = captured(site, variable);
      // What is captured by value is a copy also of what a reference leads to.
      const clang::QualType type =
          capture == nullptr ? variable->getType() : variable->getType().getNonReferenceType();
      if (!type->isRecordType() || !is_plain_copy(type)) continue;
      const bool is_parameter = llvm::isa<clang::ParmVarDecl>(variable);
      if (capture == nullptr && !is_parameter && original_of(variable) == nullptr) continue;
      if (!is_set_up(site.function->getBody(), variable))
        report(unit, site, *variable, capture, sink);
    }
  }

 private:
  // A class that says itself what its copies are may make a lock of its own for each.
  static bool is_plain_copy(clang::QualType type) {
    const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
    return record == nullptr || (record->hasDefinition() && record->hasTrivialCopyConstructor());
  }

  // The capture by which a lambda around the call has made a copy.
  static const clang::LambdaCapture* captured(const Site& site, const clang::VarDecl* variable) {
    const clang::LambdaExpr* lambda = lambda_around(site).lambda;
    if (lambda == nullptr) return nullptr;
    for (const clang::LambdaCapture& capture : lambda->captures()) {
      if (capture.capturesVariable() && capture.getCapturedVar() == variable &&
          capture.getCaptureKind() == clang::LCK_ByCopy && !lambda->isInitCapture(&capture))
        return &capture;
    }
    return nullptr;
  }

  static void report(Unit& unit, const Site& site, const clang::VarDecl& variable,
                     const clang::LambdaCapture* capture, Sink& sink) {
    Finding finding;
    finding.check = kName;
    finding.location = site.expression->getExprLoc();
    finding.message = spelled(unit, object_of(site), "the lock") +
                      " is a copy: whoever locks the original is not kept out";
    const std::string name = "'" + variable.getNameAsString() + "'";
    if (capture != nullptr) {
      finding.message += "; capture " + name + " by reference";
      finding.notes.push_back({capture->getLocation(), "copied here"});
    } else {
      finding.message += llvm::isa<clang::ParmVarDecl>(variable) ? "; take a pointer to it"
                                                                 : "; keep a pointer to it";
      finding.notes.push_back({variable.getLocation(), name + " is a copy of what it is given"});
    }
    sink.report(finding);
  }
};

}  // namespace

std::unique_ptr<Check> make_copied_sync() { return std::make_unique<CopiedSync>(); }

}  // namespace sluice::checker
