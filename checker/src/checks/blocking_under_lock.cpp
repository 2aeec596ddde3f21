// A wait for somebody else while a lock is held. Often meant, so it is told only when that is asked
// for.
#include "checks/held_wrongly.hpp"
#include "checks/parks.hpp"
#include "checks/wording.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-blocking-under-lock";

class BlockingUnderLock : public Check {
 public:
  void run(Unit& unit, const Options& options, Sink& sink) override {
    if (!options.flag(kName, "Strict")) return;
    visit_parks(unit, [&](const FunctionPaths&, const ParkUnderLock& each) {
      // In which order locks are taken is another matter.
      if (unit.vocabulary().lock_function(each.callee) == nullptr)
        sink.report(describe(unit, each));
    });
  }

 private:
  static Finding describe(Unit& unit, const ParkUnderLock& each) {
    const std::string name = "'" + lock_name(unit, each.held) + "'";
    Finding finding;
    finding.check = kName;
    finding.location = each.site->getExprLoc();
    finding.message = function_name(each.callee) + " may wait while " + name +
                      " is held, and whoever wants " + name + " waits as long; unlock first";
    finding.notes = path_notes(unit, each.held, each.trace);
    return finding;
  }
};

}  // namespace

std::unique_ptr<Check> make_blocking_under_lock() { return std::make_unique<BlockingUnderLock>(); }

}  // namespace sluice::checker
