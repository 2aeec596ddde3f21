// A goroutine that refers to a variable of the function that starts it, which then ends without
// having waited for anything.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "checks/waits.hpp"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/StmtCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-dangling-capture";

// A variable that is gone when its scope ends.
bool is_local(const clang::VarDecl* variable) {
  return variable != nullptr && variable->hasLocalStorage() &&
         !variable->getType()->isReferenceType();
}

class DanglingCapture : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& spawn : unit.sites()) {
      if (spawn.api != Api::spawn || waited_for(unit, spawn)) continue;
      for (const clang::Expr* argument : spawn.arguments()) {
        if (const clang::LambdaExpr* lambda = lambda_of(argument)) {
          judge_lambda(unit, spawn, *lambda, lambda_within(argument) == lambda, sink);
        } else {
          judge_argument(unit, spawn, argument, sink);
        }
      }
    }
  }

 private:
  static bool waited_for(Unit& unit, const Site& spawn) {
    // What is started keeps its caller, or joins when it is destroyed.
    const std::string name = plain_name(spawn.callee);
    if (name == "std::async" || name == "std::jthread::jthread" ||
        name.starts_with("sluice::ErrGroup::"))
      return true;
    // In a loop, a later round comes before it in the text.
    if (loop_around(spawn) != nullptr && any_wait_in(unit, spawn, loop_around(spawn))) return true;
    if (waits_at_end(unit, spawn)) return true;
    return may_wait_behind(unit, spawn.function->getBody(), spawn.expression->getEndLoc());
  }

  static bool any_wait_in(Unit& unit, const Site& spawn, const clang::Stmt* loop) {
    return llvm::any_of(unit.sites(), [&](const Site& site) {
      const bool waits = site.api == Api::join || site.api == Api::receive ||
                         site.api == Api::select || site.api == Api::cond_wait;
      return waits && site.function == spawn.function && llvm::is_contained(site.around, loop);
    });
  }

  // A wait that was put off comes last, wherever it stands.
  static bool waits_at_end(Unit& unit, const Site& spawn) {
    return llvm::any_of(unit.sites(), [&](const Site& wait) {
      if (wait.api != Api::join && wait.api != Api::receive) return false;
      const clang::Expr* given_to = lambda_around(wait).given_to;
      return llvm::any_of(unit.sites(), [&](const Site& defer) {
        return defer.expression == given_to && defer.api == Api::defer &&
               defer.function == spawn.function;
      });
    });
  }

  static void judge_lambda(Unit& unit, const Site& spawn, const clang::LambdaExpr& lambda,
                           bool is_written_here, Sink& sink) {
    for (const clang::LambdaCapture& capture : lambda.captures()) {
      if (!capture.capturesVariable() || capture.getCaptureKind() != clang::LCK_ByRef) continue;
      const clang::VarDecl* variable = captured_variable(capture);
      // A variable of a function further out may live on.
      if (!is_local(variable) || variable->getDeclContext() != spawn.function) continue;
      // A matter of sluice-loop-capture.
      if (is_written_here && loop_of(variable, spawn) != nullptr) continue;
      report(unit, spawn, *capture.getCapturedVar(),
             capture.isExplicit() ? capture.getLocation() : lambda.getCaptureDefaultLoc(), sink);
    }
  }

  // `&local`, `std::ref(local)`.
  static void judge_argument(Unit& unit, const Site& spawn, const clang::Expr* argument,
                             Sink& sink) {
    const clang::Expr* inner = strip(argument);
    const clang::Expr* referred = nullptr;
    if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(inner)) {
      if (address->getOpcode() == clang::UO_AddrOf) referred = address->getSubExpr();
    } else if (const auto* call = llvm::dyn_cast<clang::CallExpr>(inner)) {
      const clang::FunctionDecl* callee = call->getDirectCallee();
      const bool refers = callee != nullptr && call->getNumArgs() == 1 &&
                          (simple_name(callee) == "ref" || simple_name(callee) == "cref") &&
                          callee->isInStdNamespace();
      if (refers) referred = call->getArg(0);
    }
    const clang::VarDecl* variable = referred == nullptr ? nullptr : variable_of(referred);
    if (is_local(variable) && variable->getDeclContext() == spawn.function) {
      report(unit, spawn, *variable, argument->getBeginLoc(), sink);
    }
  }

  static void report(Unit& unit, const Site& spawn, const clang::ValueDecl& variable,
                     clang::SourceLocation where, Sink& sink) {
    const Spawner* spawner = unit.vocabulary().spawner(spawn.callee);
    const std::string what = spawner == nullptr ? "goroutine" : std::string(spawner->what);
    const std::string name = variable.getNameAsString();
    Finding finding;
    finding.check = kName;
    finding.location = where;
    finding.message = "the " + what + " refers to '" + name +
                      "', which is gone when the function returns, and nothing waits for the " +
                      what + " before that; capture it by value, or wait";
    finding.notes.push_back({variable.getLocation(), "'" + name + "' lives here"});
    sink.report(finding);
  }
};

}  // namespace

std::unique_ptr<Check> make_dangling_capture() { return std::make_unique<DanglingCapture>(); }

}  // namespace sluice::checker
