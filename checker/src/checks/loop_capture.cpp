// A variable that a goroutine or thread captures by reference and that a loop changes, or ends the
// life of, while that runs.
#include "checks/loop_changes.hpp"
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "checks/waits.hpp"
#include "clang/AST/StmtCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-loop-capture";

class LoopCapture : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& spawn : unit.sites()) {
      if (spawn.api != Api::spawn || ends_within_round(spawn)) continue;
      for (const clang::Expr* argument : spawn.arguments()) {
        const auto* lambda = llvm::dyn_cast_or_null<clang::LambdaExpr>(strip(argument));
        if (lambda == nullptr) lambda = written_in(argument);
        if (lambda != nullptr) judge(unit, spawn, *lambda, sink);
      }
    }
  }

 private:
  static const clang::LambdaExpr* written_in(const clang::Expr* argument) {
    const clang::LambdaExpr* lambda = lambda_of(argument);
    return lambda != nullptr && lambda_within(argument) == lambda ? lambda : nullptr;
  }

  // What joins when it is destroyed, and is a variable of the loop's body or nothing at all.
  static bool ends_within_round(const Site& spawn) {
    const std::string name = plain_name(spawn.callee);
    if (name != "std::async" && name != "std::jthread::jthread") return false;
    if (discarded(spawn) != nullptr) return true;
    return llvm::any_of(spawn.around,
                        [](const clang::Stmt* each) { return llvm::isa<clang::DeclStmt>(each); });
  }

  static void judge(Unit& unit, const Site& spawn, const clang::LambdaExpr& lambda, Sink& sink) {
    for (const clang::LambdaCapture& capture : lambda.captures()) {
      if (!capture.capturesVariable() || capture.getCaptureKind() != clang::LCK_ByRef) continue;
      const clang::VarDecl* variable = captured_variable(capture);
      if (variable == nullptr) continue;
      const std::string name = "'" + capture.getCapturedVar()->getNameAsString() + "'";
      if (const clang::Stmt* loop = loop_of(variable, spawn)) {
        if (joined_in(unit, *loop, spawn)) continue;
        report(unit, spawn, lambda, capture, "the loop's " + name + ", which changes or is gone",
               {variable->getLocation(), name + " belongs to this loop"}, sink);
      } else if (const clang::Expr* change = changed_by_loop(unit, *variable, spawn)) {
        report(unit, spawn, lambda, capture, name + ", which the loop changes",
               {change->getExprLoc(), name + " is changed here, for the next round"}, sink);
      }
    }
  }

  // Something in the same round waits, after the start: then it may be for this one.
  static bool joined_in(Unit& unit, const clang::Stmt& loop, const Site& spawn) {
    const bool waits = llvm::any_of(unit.sites(), [&](const Site& site) {
      const bool waits = site.api == Api::join || site.api == Api::receive ||
                         site.api == Api::select || site.api == Api::cond_wait;
      return waits && site.function == spawn.function && comes_before(unit, spawn, site) &&
             llvm::is_contained(site.around, &loop);
    });
    return waits || may_wait_behind(unit, &loop, spawn.expression->getEndLoc());
  }

  static void report(Unit& unit, const Site& spawn, const clang::LambdaExpr& lambda,
                     const clang::LambdaCapture& capture, const std::string& what_changes,
                     const Note& where, Sink& sink) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar());
    const Spawner* spawner = unit.vocabulary().spawner(spawn.callee);
    const std::string what = spawner == nullptr ? "goroutine" : std::string(spawner->what);
    Finding finding;
    finding.check = kName;
    finding.location = capture.isExplicit() ? capture.getLocation() : lambda.getCaptureDefaultLoc();
    finding.message =
        "the " + what + " refers to " + what_changes + " while it runs; capture it by value";
    finding.notes.push_back(where);
    if (variable != nullptr && !changes(lambda.getBody(), variable))
      add_fix(unit, lambda, capture, variable->getNameAsString(), finding);
    sink.report(finding);
  }

  static void add_fix(Unit& unit, const clang::LambdaExpr& lambda,
                      const clang::LambdaCapture& capture, const std::string& name,
                      Finding& finding) {
    if (capture.isExplicit()) {
      // `&name`: the location is that of the name, and the ampersand stands before it.
      const clang::SourceLocation ampersand = capture.getLocation().getLocWithOffset(-1);
      if (ampersand.isFileID() && *unit.sources().getCharacterData(ampersand) == '&') {
        finding.fix_its.push_back(clang::FixItHint::CreateRemoval(
            clang::CharSourceRange::getCharRange(ampersand, capture.getLocation())));
      }
      return;
    }
    const clang::SourceLocation default_at = lambda.getCaptureDefaultLoc();
    if (default_at.isFileID()) {
      finding.fix_its.push_back(
          clang::FixItHint::CreateInsertion(default_at.getLocWithOffset(1), ", " + name));
    }
  }
};

}  // namespace

std::unique_ptr<Check> make_loop_capture() { return std::make_unique<LoopCapture>(); }

}  // namespace sluice::checker
