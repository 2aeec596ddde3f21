#include "checks/waits.hpp"

#include "clang/AST/DeclCXX.h"
#include "clang/AST/StmtCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// Functions that wait for something say so, mostly.
bool says_wait(const clang::FunctionDecl* function) {
  if (function == nullptr) return true;  // called through a pointer: nothing is known of it
  static constexpr llvm::StringLiteral kWords[] = {
      "wait",       "waits",    "await",    "join",   "joins",   "joined",   "drain",
      "stop",       "sync",     "flush",    "run",    "loop",    "serve",    "finish",
      "eventually", "shutdown", "sleep",    "pause",  "get",     "until",    "barrier",
      "recv",       "receive",  "poll",     "exit",   "abort",   "lock",     "acquire",
      "park",       "next",     "complete", "settle", "quiesce", "terminate"};
  const auto words = words_of(simple_name(function));
  return llvm::any_of(words,
                      [](const std::string& word) { return llvm::is_contained(kWords, word); });
}

// Whether anything behind a place in a function could wait: a loop, a call that says so, or one
// that is given a function to call.
class WaitsBehind {
 public:
  WaitsBehind(Unit& unit, clang::SourceLocation start) : unit_(unit), start_(start) {}

  bool in(const clang::Stmt* statement) {
    if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
    const bool behind = unit_.sources().isBeforeInTranslationUnit(start_, statement->getBeginLoc());
    if (behind && waits(statement)) return true;
    return llvm::any_of(statement->children(),
                        [this](const clang::Stmt* child) { return in(child); });
  }

 private:
  bool waits(const clang::Stmt* statement) {
    if (llvm::isa<clang::WhileStmt, clang::DoStmt, clang::ForStmt, clang::GotoStmt>(statement))
      return true;
    if (const auto* range = llvm::dyn_cast<clang::CXXForRangeStmt>(statement)) {
      const auto* record =
          range->getRangeInit()->getType().getNonReferenceType()->getAsCXXRecordDecl();
      return record != nullptr &&
             (simple_name(record) == "Chan" || simple_name(record) == "RecvChan");
    }
    const auto* call = llvm::dyn_cast<clang::CallExpr>(statement);
    if (call == nullptr) return false;
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (llvm::isa<clang::CXXOperatorCallExpr>(call)) return false;
    if (unit_.vocabulary().spawner(callee) != nullptr) return false;
    if (says_wait(callee)) return true;
    return llvm::any_of(call->arguments(),
                        [](const clang::Expr* argument) { return lambda_of(argument) != nullptr; });
  }

  Unit& unit_;
  clang::SourceLocation start_;
};

}  // namespace

bool may_wait_behind(Unit& unit, const clang::Stmt* body, clang::SourceLocation start) {
  return WaitsBehind(unit, start).in(body);
}

}  // namespace sluice::checker
