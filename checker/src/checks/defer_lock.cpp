// A deferred call that locks, right after the same lock was taken: unlock was meant.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "syntax.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-defer-lock";

// The only thing that the deferred function does; null when it does more.
const clang::CallExpr* only_call(const clang::LambdaExpr* lambda) {
  const auto* body = llvm::dyn_cast<clang::CompoundStmt>(lambda->getBody());
  if (body == nullptr || body->size() != 1) return nullptr;
  const auto* expression = llvm::dyn_cast<clang::Expr>(body->body_front());
  return expression == nullptr ? nullptr : llvm::dyn_cast<clang::CallExpr>(strip(expression));
}

class DeferLock : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& deferred : unit.sites()) {
      if (deferred.lock == nullptr || !deferred.lock->is_acquire() || deferred.lock->tries())
        continue;
      const Enclosing around = lambda_around(deferred);
      if (around.lambda == nullptr || only_call(around.lambda) != deferred.expression) continue;
      const Site* defer = site_of(unit, around.given_to);
      if (defer == nullptr || defer->api != Api::defer) continue;
      // A lock that is given up for a while is taken back just like that.
      const Site* before = last_use_before(unit, *defer, object_of(deferred));
      if (before == nullptr || !before->lock->is_acquire() || before->lock->tries()) continue;
      report(unit, deferred, *before, sink);
    }
  }

 private:
  static const Site* site_of(Unit& unit, const clang::Expr* expression) {
    for (const Site& site : unit.sites()) {
      if (site.expression == expression) return &site;
    }
    return nullptr;
  }

  static const Site* last_use_before(Unit& unit, const Site& at, const clang::Expr* object) {
    const Site* last = nullptr;
    for (const Site& site : unit.sites()) {
      const bool is_use = site.lock != nullptr && site.function == at.function &&
                          site.lock->effect != Effect::keep && comes_before(unit, site, at) &&
                          same_object(object_of(site), object);
      if (is_use && (last == nullptr || comes_before(unit, *last, site))) last = &site;
    }
    return last;
  }

  static void report(Unit& unit, const Site& deferred, const Site& before, Sink& sink) {
    Finding finding;
    finding.check = kName;
    finding.location = deferred.expression->getExprLoc();
    const std::string release(deferred.lock->release);
    finding.message = "this locks " + spelled(unit, object_of(deferred), "the lock") +
                      " again when the scope ends; '" + release + "' is meant";
    finding.notes.push_back({before.expression->getExprLoc(), "locked here"});
    const clang::SourceLocation name = name_of(deferred.expression);
    if (name.isFileID() && !release.empty()) {
      finding.fix_its.push_back(clang::FixItHint::CreateReplacement(name, release));
    }
    sink.report(finding);
  }

  // Of the function, as it is written.
  static clang::SourceLocation name_of(const clang::Expr* call) {
    const clang::Expr* callee = llvm::cast<clang::CallExpr>(call)->getCallee()->IgnoreImpCasts();
    if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(callee))
      return member->getMemberLoc();
    const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(callee);
    return name == nullptr ? clang::SourceLocation() : name->getLocation();
  }
};

}  // namespace

std::unique_ptr<Check> make_defer_lock() { return std::make_unique<DeferLock>(); }

}  // namespace sluice::checker
