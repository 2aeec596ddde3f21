// A variable that does not fit on a goroutine's stack.
#include "checks/goroutines.hpp"
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/AST/ASTContext.h"
#include "clang/AST/RecordLayout.h"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-stack-hog";
constexpr std::uint64_t kStackBytes = std::uint64_t{256} * 1024;  // Options::stack_size

// The variables of a function that are on its stack; those of its lambdas are on another one, or
// are looked at for themselves.
void locals(const clang::Stmt* body, llvm::SmallVectorImpl<const clang::VarDecl*>& found) {
  if (body == nullptr || llvm::isa<clang::LambdaExpr>(body)) return;
  if (const auto* declared = llvm::dyn_cast<clang::DeclStmt>(body)) {
    for (const clang::Decl* each : declared->decls()) {
      const auto* variable = llvm::dyn_cast<clang::VarDecl>(each);
      if (variable != nullptr && variable->hasLocalStorage()) found.push_back(variable);
    }
  }
  for (const clang::Stmt* child : body->children()) locals(child, found);
}

bool has_own_stack_size(const Site& spawn) {
  return llvm::any_of(spawn.arguments(), [](const clang::Expr* argument) {
    const clang::CXXRecordDecl* type =
        argument->getType().getNonReferenceType()->getAsCXXRecordDecl();
    return type != nullptr && plain_name(type) == "sluice::GoOptions";
  });
}

class StackHog : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const OnGoroutine& each : functions_on_goroutines(unit)) {
      if (has_own_stack_size(*each.started)) continue;
      llvm::SmallVector<const clang::VarDecl*, 8> variables;
      locals(each.function->getBody(), variables);
      for (const clang::VarDecl* variable : variables) {
        const std::uint64_t size = size_of(unit, variable->getType());
        if (size >= kStackBytes) report(*each.started, *variable, size, sink);
      }
    }
  }

 private:
  static std::uint64_t size_of(Unit& unit, clang::QualType type) {
    const bool is_known = !type->isReferenceType() && !type->isDependentType() &&
                          !type->isIncompleteType() && type->isConstantSizeType();
    return is_known
               ? static_cast<std::uint64_t>(unit.context().getTypeSizeInChars(type).getQuantity())
               : 0;
  }

  static void report(const Site& started, const clang::VarDecl& variable, std::uint64_t size,
                     Sink& sink) {
    Finding finding;
    finding.check = kName;
    finding.location = variable.getLocation();
    finding.message = "'" + variable.getNameAsString() + "' takes " + std::to_string(size / 1024) +
                      " KiB, and a goroutine's stack has " + std::to_string(kStackBytes / 1024) +
                      "; put it on the heap, or give the goroutine a 'GoOptions::stack_size'";
    finding.notes.push_back({started.expression->getExprLoc(), "the goroutine is started here"});
    sink.report(finding);
  }
};

}  // namespace

std::unique_ptr<Check> make_stack_hog() { return std::make_unique<StackHog>(); }

}  // namespace sluice::checker
