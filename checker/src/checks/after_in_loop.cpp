// A timer that is made anew in each round of a loop, in the loop's select.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"

namespace sluice::checker {
namespace {

class AfterInLoop : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& after : unit.sites()) {
      if (after.api != Api::after || loop_around(after) == nullptr || !in_select(unit, after))
        continue;
      Finding finding;
      finding.check = "sluice-after-in-loop";
      finding.location = after.expression->getExprLoc();
      finding.message =
          "this makes a timer in each round of the loop, and each lives until its time has come; "
          "make one 'Timer' before the loop and reset it";
      finding.notes.push_back({loop_around(after)->getBeginLoc(), "the loop begins here"});
      sink.report(finding);
    }
  }

 private:
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
