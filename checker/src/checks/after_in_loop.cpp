// A timer that is made anew in each round of an endless loop, in the loop's select.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

class AfterInLoop : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& after : unit.sites()) {
      if (after.api != Api::after || !is_endless(loop_around(after)) || !is_long(unit, after) ||
          !in_select(unit, after))
        continue;
      Finding finding;
      finding.check = "sluice-after-in-loop";
      finding.location = after.expression->getExprLoc();
      finding.message =
          "this makes a timer in each round of the loop, and its time begins anew each time; make "
          "one 'Timer' before the loop, and reset it where that is meant";
      finding.notes.push_back({loop_around(after)->getBeginLoc(), "the loop begins here"});
      sink.report(finding);
    }
  }

 private:
  // Of a loop that ends by itself nobody minds the timers.
  static bool is_endless(const clang::Stmt* loop) {
    const auto is_true = [](const clang::Expr* condition) {
      if (condition == nullptr) return true;
      const auto* literal = llvm::dyn_cast<clang::CXXBoolLiteralExpr>(strip(condition));
      return literal != nullptr && literal->getValue();
    };
    if (const auto* each = llvm::dyn_cast_or_null<clang::ForStmt>(loop))
      return is_true(each->getCond());
    const auto* each = llvm::dyn_cast_or_null<clang::WhileStmt>(loop);
    return each != nullptr && is_true(each->getCond());
  }

  // A time after which something is given up, rather than one to look around again; one that is not
  // known may be another one each round.
  static bool is_long(Unit& unit, const Site& after) {
    clang::Expr::EvalResult result;
    if (after.arguments().empty() || after.arguments()[0]->isValueDependent() ||
        !after.arguments()[0]->EvaluateAsRValue(result, unit.context(),
                                                /*InConstantContext=*/true) ||
        !result.Val.isStruct() || result.Val.getStructNumFields() != 1 ||
        !result.Val.getStructField(0).isInt())
      return false;
    constexpr std::int64_t kSecond = 1'000'000'000;
    return result.Val.getStructField(0).getInt().getExtValue() >= kSecond;
  }

  static bool in_select(Unit& unit, const Site& after) {
    for (const Site& select : unit.sites()) {
      if (select.api != Api::select && select.api != Api::try_select) continue;
      if (llvm::is_contained(after.around, select.expression)) return true;
    }
    return false;
  }
};

}  // namespace

std::unique_ptr<Check> make_after_in_loop() { return std::make_unique<AfterInLoop>(); }

}  // namespace sluice::checker
