// A wait on a condition variable that is not asked again when it returns.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

bool contains_label(const clang::Stmt* body) {
  if (body == nullptr || llvm::isa<clang::LambdaExpr>(body)) return false;
  if (llvm::isa<clang::LabelStmt>(body)) return true;
  return llvm::any_of(body->children(), contains_label);
}

class CondWaitWithoutLoop : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& wait : unit.sites()) {
      if (wait.api != Api::cond_wait || loop_around(wait) != nullptr) continue;
      // Who is given the lock by its caller waits in the caller's loop; and `goto` makes one, too.
      if (!takes_lock(unit, wait.function) || contains_label(wait.function->getBody())) continue;
      Finding finding;
      finding.check = "sluice-cond-wait-without-loop";
      finding.location = wait.expression->getExprLoc();
      finding.message =
          "this may return though nobody has notified, or after somebody else was faster; wait in "
          "a loop that asks for the condition";
      if (llvm::isa<clang::CXXMemberCallExpr>(wait.expression)) {
        finding.message += ", or give the condition to 'wait'";
      }
      sink.report(finding);
    }
  }

 private:
  static bool takes_lock(Unit& unit, const clang::FunctionDecl* function) {
    return llvm::any_of(unit.sites(), [&](const Site& site) {
      const bool takes = (site.guard != nullptr && !adopts(site)) ||
                         (site.lock != nullptr && site.lock->is_acquire());
      return takes && site.function == function;
    });
  }
  // A guard over a lock that the caller has taken.
  static bool adopts(const Site& guard) {
    return llvm::any_of(guard.arguments(), [](const clang::Expr* argument) {
      const auto* record = argument->getType()->getAsCXXRecordDecl();
      return record != nullptr && record->getIdentifier() != nullptr &&
             record->getName() == "adopt_lock_t";
    });
  }
};

}  // namespace

std::unique_ptr<Check> make_cond_wait_without_loop() {
  return std::make_unique<CondWaitWithoutLoop>();
}

}  // namespace sluice::checker
