// A switch over a select whose labels do not fit the select's cases.
#include <algorithm>

#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Stmt.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

struct Labels {
  std::vector<std::pair<std::int64_t, const clang::CaseStmt*>> cases;
  bool has_default = false;
  bool known = true;

  bool has(std::int64_t value) const {
    return llvm::any_of(cases, [value](const auto& each) { return each.first == value; });
  }
};

class SelectSwitch : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& select : unit.sites()) {
      if (select.api != Api::select && select.api != Api::try_select) continue;
      const clang::SwitchStmt* choice = switch_over(select);
      if (choice != nullptr) judge(unit, select, *choice, sink);
    }
  }

 private:
  static const clang::SwitchStmt* switch_over(const Site& select) {
    for (auto at = select.around.rbegin(); at != select.around.rend(); ++at) {
      if (const auto* choice = llvm::dyn_cast<clang::SwitchStmt>(*at))
        return strip(choice->getCond()) == select.expression ? choice : nullptr;
      if (!llvm::isa<clang::Expr>(*at)) return nullptr;
    }
    return nullptr;
  }

  static Labels labels_of(const clang::SwitchStmt& choice, const clang::ASTContext& context) {
    Labels labels;
    for (const clang::SwitchCase* each = choice.getSwitchCaseList(); each != nullptr;
         each = each->getNextSwitchCase()) {
      const auto* label = llvm::dyn_cast<clang::CaseStmt>(each);
      if (label == nullptr) {
        labels.has_default = true;
        continue;
      }
      const std::optional<llvm::APSInt> value = label->getLHS()->getIntegerConstantExpr(context);
      if (!value || label->getRHS() != nullptr) {
        labels.known = false;
      } else {
        labels.cases.push_back({value->getExtValue(), label});
      }
    }
    std::reverse(labels.cases.begin(), labels.cases.end());  // clang lists the last one first
    return labels;
  }

  static void judge(Unit& unit, const Site& select, const clang::SwitchStmt& choice, Sink& sink) {
    const Labels labels = labels_of(choice, unit.context());
    if (!labels.known) return;
    const auto count = static_cast<std::int64_t>(select.arguments().size());
    const bool tries = select.api == Api::try_select;
    const std::string has =
        "this select has " + std::to_string(count) +
        (count == 1 ? " case, number 0" : " cases, 0 to " + std::to_string(count - 1));
    for (const auto& [value, label] : labels.cases) {
      if (value >= (tries ? -1 : 0) && value < count) continue;
      report(select, label->getCaseLoc(),
             "'case " + std::to_string(value) + "' is never chosen: " + has, sink);
    }
    if (labels.has_default) return;
    for (std::int64_t value = 0; value < count; ++value) {
      if (labels.has(value)) continue;
      report(select, choice.getSwitchLoc(),
             "nothing is done when case " + std::to_string(value) + " goes: " + has, sink);
    }
    if (tries && !labels.has(-1)) {
      report(select, choice.getSwitchLoc(),
             "nothing is done when no case is ready: there is no 'default'", sink);
    }
  }

  static void report(const Site& select, clang::SourceLocation where, std::string message,
                     Sink& sink) {
    Finding finding;
    finding.check = "sluice-select-switch";
    finding.location = where;
    finding.message = std::move(message);
    finding.ranges.push_back(select.expression->getSourceRange());
    sink.report(finding);
  }
};

}  // namespace

std::unique_ptr<Check> make_select_switch() { return std::make_unique<SelectSwitch>(); }

}  // namespace sluice::checker
