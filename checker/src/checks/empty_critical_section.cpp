// Locks that are let go before anything is done under them: unlocked in the next statement, held by
// a guard that has no name, or by a guard that is no guard of anything.
#include "checks/fix_text.hpp"
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/AST/DeclCXX.h"
#include "paths/function_paths.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-empty-critical-section";

class EmptyCriticalSection : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& site : unit.sites()) {
      if (site.lock != nullptr && site.lock->is_acquire() && !site.lock->tries() &&
          site.lock->lock != kAllArguments) {
        unlocked_at_once(unit, site, sink);
      } else if (site.guard != nullptr) {
        guard_without_name(unit, site, sink);
        guard_of_nothing(unit, site, sink);
      }
    }
  }

 private:
  static void unlocked_at_once(Unit& unit, const Site& taken, Sink& sink) {
    const Place place = place_of(taken);
    // What a method that locks is told, it waits for.
    if (taken.lock->lock == kObject && !taken.arguments().empty()) return;
    if (place.next == nullptr || discarded(taken) == nullptr || is_nested(unit, taken)) return;
    for (const Site& freed : unit.sites()) {
      if (freed.lock == nullptr || freed.lock->effect != Effect::release) continue;
      const clang::Expr* whole = discarded(freed);
      if (whole != place.next || !same_object(object_of(taken), object_of(freed))) continue;
      // Whoever is between asking and waiting is let through before he is woken; and a lock that
      // somebody keeps from one call to another is a gate, which is waited for here.
      if (says_wake(place_of(freed).next) || is_gate(unit, shape_of(object_of(taken))) ||
          is_held_outside(unit, taken))
        continue;
      Finding finding;
      finding.check = kName;
      finding.location = taken.expression->getExprLoc();
      finding.message = spelled(unit, object_of(taken), "the lock") +
                        " is unlocked right after it was locked: nothing is done under it";
      finding.notes.push_back({freed.expression->getExprLoc(), "unlocked here"});
      sink.report(finding);
    }
  }

  static bool is_gate(Unit& unit, const void* shape) {
    return llvm::any_of(unit.lock_functions(), [&](const clang::FunctionDecl* function) {
      return llvm::any_of(unit.paths(function).exits, [&](const PathExit& exit) {
        return llvm::any_of(exit.state.locks, [&](const HeldLock& lock) {
          return lock.balance != 0 && !lock.by_guard && shape_of(lock.place) == shape;
        });
      });
    });
  }

  // In a lambda, for a lock that the function around it takes by hand before: whoever runs the
  // lambda waits until that function lets it go.
  static bool is_held_outside(Unit& unit, const Site& taken) {
    return llvm::any_of(unit.sites(), [&](const Site& site) {
      return site.lock != nullptr && site.lock->is_acquire() && site.function != taken.function &&
             llvm::is_contained(taken.around, site.function->getBody()) &&
             comes_before(unit, site, taken) && same_object(object_of(site), object_of(taken));
    });
  }

  // Taken again by who has it already: that is what is to be told, if anything.
  static bool is_nested(Unit& unit, const Site& taken) {
    const Site* last = nullptr;
    for (const Site& site : unit.sites()) {
      const bool is_use =
          (site.lock != nullptr && site.lock->effect != Effect::keep) || site.guard != nullptr;
      if (!is_use || site.function != taken.function || !comes_before(unit, site, taken) ||
          !same_object(object_of(site), object_of(taken)))
        continue;
      if (last == nullptr || comes_before(unit, *last, site)) last = &site;
    }
    if (last == nullptr) return false;
    if (last->lock != nullptr) return last->lock->is_acquire();
    for (auto at = last->around.rbegin(); at != last->around.rend(); ++at) {
      if (llvm::isa<clang::CompoundStmt>(*at)) return llvm::is_contained(taken.around, *at);
    }
    return false;
  }

  static bool says_wake(const clang::Stmt* statement) {
    if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
      static constexpr llvm::StringLiteral kWords[] = {"notify", "signal", "broadcast", "wake"};
      const clang::FunctionDecl* callee = call->getDirectCallee();
      if (callee != nullptr &&
          llvm::any_of(words_of(simple_name(callee)),
                       [](llvm::StringRef word) { return llvm::is_contained(kWords, word); }))
        return true;
    }
    return llvm::any_of(statement->children(), says_wake);
  }

  static void guard_without_name(Unit& unit, const Site& made, Sink& sink) {
    const auto arguments = made.arguments();
    if (arguments.size() != 1) return;  // told to adopt a lock, it does nothing but free it
    const auto* constructor = llvm::cast<clang::CXXConstructorDecl>(made.callee);
    if (constructor->isCopyOrMoveConstructor() || discarded(made) == nullptr) return;
    Finding finding;
    finding.check = kName;
    finding.location = made.expression->getBeginLoc();
    finding.message = "this guard has no name, so it unlocks " +
                      spelled(unit, arguments[0], "its lock") +
                      " at once, before the next statement";
    const clang::SourceLocation open = begin_of_arguments(made);
    if (open.isFileID()) {
      finding.fix_its.push_back(clang::FixItHint::CreateInsertion(
          open, " " + free_name(unit, made.function, made.expression->getBeginLoc())));
    }
    sink.report(finding);
  }

  // Where the name goes: before the parenthesis, or the brace.
  static clang::SourceLocation begin_of_arguments(const Site& made) {
    if (const auto* object = llvm::dyn_cast<clang::CXXTemporaryObjectExpr>(made.expression))
      return object->getParenOrBraceRange().getBegin();
    for (auto at = made.around.rbegin(); at != made.around.rend(); ++at) {
      if (const auto* cast = llvm::dyn_cast<clang::CXXFunctionalCastExpr>(*at)) {
        if (cast->getLParenLoc().isValid()) return cast->getLParenLoc();
        return llvm::cast<clang::CXXConstructExpr>(made.expression)
            ->getParenOrBraceRange()
            .getBegin();
      }
      if (!llvm::isa<clang::Expr>(*at)) break;
    }
    return {};
  }

  // `std::unique_lock<std::mutex>(mu_);` declares a guard that is called mu_.
  static void guard_of_nothing(Unit& unit, const Site& made, Sink& sink) {
    if (!made.arguments().empty() || made.around.empty()) return;
    const auto* declared = llvm::dyn_cast<clang::DeclStmt>(made.around.back());
    const auto* variable = declared == nullptr || !declared->isSingleDecl()
                               ? nullptr
                               : llvm::dyn_cast<clang::VarDecl>(declared->getSingleDecl());
    if (variable == nullptr || variable->getInit() != made.expression) return;
    const std::string text = source_text(unit.context(), declared->getSourceRange());
    const std::size_t open = text.find('(');
    if (open == std::string::npos ||
        text.find(variable->getNameAsString(), open) == std::string::npos)
      return;
    Finding finding;
    finding.check = kName;
    finding.location = variable->getLocation();
    finding.message = "this declares a guard that is called '" + variable->getNameAsString() +
                      "' and locks nothing; give the guard a name of its own";
    sink.report(finding);
  }
};

}  // namespace

std::unique_ptr<Check> make_empty_critical_section() {
  return std::make_unique<EmptyCriticalSection>();
}

}  // namespace sluice::checker
