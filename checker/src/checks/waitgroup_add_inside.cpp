// A goroutine that adds itself to a WaitGroup: who waits may have gone by before it runs.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/Lex/Lexer.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-waitgroup-add-inside";

class WaitGroupAddInside : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& add : unit.sites()) {
      if (add.api != Api::group_add) continue;
      const Enclosing around = lambda_around(add);
      const Site* spawn = around.given_to == nullptr ? nullptr : spawn_of(unit, around.given_to);
      if (spawn == nullptr || !begins(*around.lambda, add)) continue;
      // The one that starts it through the same group is counted already.
      if (same_object(object_of(*spawn), object_of(add))) continue;
      if (!is_done_in(unit, add) || starts_others(unit, add)) continue;
      const clang::VarDecl* group = variable_of(object_of(add));
      if (group != nullptr && group->getDeclContext() == add.function) continue;
      report(unit, add, *spawn, sink);
    }
  }

 private:
  static const Site* spawn_of(Unit& unit, const clang::Expr* call) {
    for (const Site& site : unit.sites()) {
      if (site.expression == call && site.api == Api::spawn) return &site;
    }
    return nullptr;
  }

  // Whether the addition is the first thing that the goroutine does.
  static bool begins(const clang::LambdaExpr& lambda, const Site& add) {
    const auto* body = llvm::dyn_cast<clang::CompoundStmt>(lambda.getBody());
    const clang::Expr* whole = discarded(add);
    return body != nullptr && !body->body_empty() && whole != nullptr &&
           body->body_front() == whole;
  }

  static bool is_done_in(Unit& unit, const Site& add) {
    const clang::Stmt* lambda = innermost_lambda(add);
    return llvm::any_of(unit.sites(), [&](const Site& site) {
      return site.api == Api::group_done && llvm::is_contained(site.around, lambda) &&
             same_object(object_of(site), object_of(add));
    });
  }
  static bool starts_others(Unit& unit, const Site& add) {
    const clang::Stmt* lambda = innermost_lambda(add);
    return llvm::any_of(unit.sites(), [&](const Site& site) {
      return site.api == Api::spawn && llvm::is_contained(site.around, lambda);
    });
  }
  static const clang::Stmt* innermost_lambda(const Site& site) {
    return lambda_around(site).lambda;
  }

  static void report(Unit& unit, const Site& add, const Site& spawn, Sink& sink) {
    Finding finding;
    finding.check = kName;
    finding.location = add.expression->getExprLoc();
    finding.message = "the goroutine adds itself to " +
                      spelled(unit, object_of(add), "the WaitGroup") +
                      ", whose wait may be over before it runs; add before it is started";
    finding.notes.push_back({spawn.expression->getExprLoc(), "started here"});
    add_fix(unit, add, spawn, finding);
    sink.report(finding);
  }

  // Moves the statement before the one that starts the goroutine.
  static void add_fix(Unit& unit, const Site& add, const Site& spawn, Finding& finding) {
    const clang::Expr* statement = discarded(add);
    const Place place = place_of(spawn);
    if (place.block == nullptr || place.statement == nullptr || discarded(spawn) == nullptr) return;
    const std::string text = source_text(unit.context(), statement->getSourceRange());
    const clang::SourceLocation end = clang::Lexer::findLocationAfterToken(
        statement->getEndLoc(), clang::tok::semi, unit.sources(), unit.context().getLangOpts(),
        /*SkipTrailingWhitespaceAndNewLine=*/true);
    if (text.empty() || end.isInvalid() || place.statement->getBeginLoc().isMacroID()) return;
    finding.fix_its.push_back(
        clang::FixItHint::CreateInsertion(place.statement->getBeginLoc(), text + ";\n"));
    finding.fix_its.push_back(clang::FixItHint::CreateRemoval(
        clang::CharSourceRange::getCharRange(statement->getBeginLoc(), end)));
  }
};

}  // namespace

std::unique_ptr<Check> make_waitgroup_add_inside() {
  return std::make_unique<WaitGroupAddInside>();
}

}  // namespace sluice::checker
