// A lock that is released twice on one path, or in another mode than it was taken in.
#include "checks/held_wrongly.hpp"
#include "checks/wording.hpp"
#include "clang/AST/ExprCXX.h"
#include "paths/function_paths.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-unlock-not-held";

class UnlockNotHeld : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const clang::FunctionDecl* function : unit.lock_functions()) {
      const FunctionPaths& paths = unit.paths(function);
      if (paths.gave_up) continue;
      for (const DoubleUnlock& each : paths.double_unlocks) sink.report(describe(unit, each));
      for (const WrongUnlock& each : paths.wrong_unlocks) sink.report(describe(unit, each));
    }
  }

 private:
  static Finding describe(Unit& unit, const DoubleUnlock& each) {
    Finding finding;
    finding.check = kName;
    finding.location = each.site->getExprLoc();
    finding.message =
        "'" + lock_name(unit, each.lock) + "' is not held here: this path has unlocked it already";
    finding.notes = path_notes(unit, each.lock, each.trace);
    for (const Trace* step = each.trace; step != nullptr && step != each.lock.since;
         step = step->previous) {
      if (step->kind != StepKind::unlocked || step->where == nullptr) continue;
      finding.notes.push_back(
          {unit.sources().getExpansionLoc(step->where->getBeginLoc()), "unlocked here"});
      break;
    }
    return finding;
  }

  static Finding describe(Unit& unit, const WrongUnlock& each) {
    const bool shared = each.held.shared;
    Finding finding;
    finding.check = kName;
    finding.location = each.site->getExprLoc();
    const std::string right =
        each.held.how == nullptr ? std::string() : std::string(each.held.how->release);
    finding.message = "'" + lock_name(unit, each.held) + "' was locked " +
                      (shared ? "for reading" : "for writing") +
                      ", and is unlocked as if it had been " +
                      (shared ? "for writing" : "for reading");
    if (!right.empty()) finding.message += "; '" + right + "' is meant";
    finding.notes = path_notes(unit, each.held, each.trace);
    const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(each.site);
    const auto* member = call == nullptr
                             ? nullptr
                             : llvm::dyn_cast<clang::MemberExpr>(call->getCallee()->IgnoreParens());
    if (member != nullptr && !right.empty() && member->getMemberLoc().isFileID()) {
      finding.fix_its.push_back(clang::FixItHint::CreateReplacement(member->getMemberLoc(), right));
    }
    return finding;
  }
};

}  // namespace

std::unique_ptr<Check> make_unlock_not_held() { return std::make_unique<UnlockNotHeld>(); }

}  // namespace sluice::checker
