// A goroutine that can end without the done() that it owes: a return or an exception passes it by.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-waitgroup-missing-done";

// What leaves a function on the way to `until`, which is one of the statements of its body.
class WaysOut {
 public:
  WaysOut(const clang::CompoundStmt& body, const clang::Stmt& until) {
    for (const clang::Stmt* statement : body.body()) {
      if (statement == &until) return;
      look_at(statement, /*caught=*/false);
    }
  }
  llvm::ArrayRef<const clang::Stmt*> found() const { return found_; }

 private:
  void look_at(const clang::Stmt* statement, bool caught) {
    if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return;
    if (llvm::isa<clang::ReturnStmt>(statement)) {
      found_.push_back(statement);
      return;
    }
    if (llvm::isa<clang::CXXThrowExpr>(statement)) {
      if (!caught) found_.push_back(statement);
      return;
    }
    const auto* guarded = llvm::dyn_cast<clang::CXXTryStmt>(statement);
    for (const clang::Stmt* child : statement->children()) {
      const bool inside = guarded != nullptr && child == guarded->getTryBlock();
      look_at(child, caught || inside);
    }
  }

  llvm::SmallVector<const clang::Stmt*, 4> found_;
};

class WaitGroupMissingDone : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& done : unit.sites()) {
      if (done.api != Api::group_done) continue;
      const FunctionFacts* facts = unit.facts(done.function);
      if (facts == nullptr || facts->spawner == nullptr) continue;
      const auto* body = llvm::dyn_cast<clang::CompoundStmt>(done.function->getBody());
      const Place place = place_of(done);
      // One that is under a condition may be owed under that condition.
      if (body == nullptr || place.block != body || discarded(done) == nullptr) continue;
      for (const clang::Stmt* out : WaysOut(*body, *place.statement).found()) {
        if (!is_done_before(unit, done, out)) report(unit, done, *body, *out, sink);
      }
    }
  }

 private:
  // Anywhere before the way out, be it deferred: that may be for it.
  static bool is_done_before(Unit& unit, const Site& done, const clang::Stmt* out) {
    return llvm::any_of(unit.sites(), [&](const Site& other) {
      return other.api == Api::group_done && same_object(object_of(other), object_of(done)) &&
             unit.sources().isBeforeInTranslationUnit(other.expression->getBeginLoc(),
                                                      out->getBeginLoc()) &&
             unit.sources().isBeforeInTranslationUnit(done.function->getBody()->getBeginLoc(),
                                                      other.expression->getBeginLoc());
    });
  }

  static void report(Unit& unit, const Site& done, const clang::CompoundStmt& body,
                     const clang::Stmt& out, Sink& sink) {
    Finding finding;
    finding.check = kName;
    finding.location = out.getBeginLoc();
    const std::string call = spelled(unit, done.expression, "the done()");
    finding.message =
        (llvm::isa<clang::ReturnStmt>(out) ? "the goroutine ends here without "
                                           : "an exception ends the goroutine here without ") +
        call + ", which comes later; who waits for it waits for ever";
    finding.notes.push_back({done.expression->getExprLoc(), "put this off at the beginning"});
    add_fix(unit, done, body, finding);
    sink.report(finding);
  }

  // A Defer at the beginning instead of the call at the end.
  static void add_fix(Unit& unit, const Site& done, const clang::CompoundStmt& body,
                      Finding& finding) {
    const clang::Expr* statement = discarded(done);
    const std::string text = source_text(unit.context(), statement->getSourceRange());
    const clang::SourceLocation end = clang::Lexer::findLocationAfterToken(
        statement->getEndLoc(), clang::tok::semi, unit.sources(), unit.context().getLangOpts(),
        /*SkipTrailingWhitespaceAndNewLine=*/false);
    const clang::VarDecl* group = variable_of(object_of(done));
    const bool is_own = group != nullptr && group->getDeclContext() == done.function &&
                        !llvm::isa<clang::ParmVarDecl>(group);
    if (text.empty() || end.isInvalid() || is_own || body.getLBracLoc().isMacroID()) return;
    finding.fix_its.push_back(clang::FixItHint::CreateInsertion(
        body.getLBracLoc().getLocWithOffset(1), "\n  sluice::Defer done{[&] { " + text + "; }};"));
    finding.fix_its.push_back(clang::FixItHint::CreateRemoval(
        clang::CharSourceRange::getCharRange(statement->getBeginLoc(), end)));
  }
};

}  // namespace

std::unique_ptr<Check> make_waitgroup_missing_done() {
  return std::make_unique<WaitGroupMissingDone>();
}

}  // namespace sluice::checker
