// A wait for goroutines under a lock that these goroutines take.
#include "checks/held_wrongly.hpp"
#include "checks/parks.hpp"
#include "checks/surroundings.hpp"
#include "checks/wording.hpp"
#include "summaries/summary.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

class WaitUnderLock : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    visit_parks(unit, [&](const FunctionPaths& paths, const ParkUnderLock& each) {
      if (plain_name(each.callee) != "sluice::WaitGroup::wait") return;
      const Site* taker = taker_of(unit, paths.context.function(), each);
      if (taker != nullptr) sink.report(describe(unit, each, *taker));
    });
  }

 private:
  // What this function started, before it waits, and takes the lock that is held then.
  static const Site* taker_of(Unit& unit, const clang::FunctionDecl* function,
                              const ParkUnderLock& wait) {
    for (const Site& spawn : unit.sites()) {
      if (spawn.api != Api::spawn || spawn.function != function) continue;
      if (!unit.sources().isBeforeInTranslationUnit(spawn.expression->getBeginLoc(),
                                                    wait.site->getBeginLoc()))
        continue;
      for (const clang::Expr* argument : spawn.arguments()) {
        if (takes(unit, callable_of(argument), wait.held)) return &spawn;
      }
    }
    return nullptr;
  }

  static bool takes(Unit& unit, const clang::FunctionDecl* callable, const HeldLock& lock) {
    const Summary* summary = callable == nullptr ? nullptr : unit.summary(callable);
    if (summary == nullptr || summary->outcomes.empty()) return false;
    // On each of its ways: else it may be that those that are waited for do not.
    return llvm::all_of(summary->outcomes, [&](const Outcome& outcome) {
      return llvm::any_of(outcome.takes, [&](const LockEffect& take) {
        return take.place == lock.place && !(take.shared && lock.shared);
      });
    });
  }

  static Finding describe(Unit& unit, const ParkUnderLock& wait, const Site& taker) {
    const std::string name = lock_name(unit, wait.held);
    Finding finding;
    finding.check = "sluice-wait-under-lock";
    finding.location = wait.site->getExprLoc();
    finding.message = "this waits, with '" + name + "' held, for a goroutine that locks '" + name +
                      "' itself: neither goes on; unlock before the wait";
    finding.notes = path_notes(unit, wait.held, wait.trace);
    finding.notes.push_back({taker.expression->getExprLoc(), "the goroutine is started here"});
    return finding;
  }
};

}  // namespace

std::unique_ptr<Check> make_wait_under_lock() { return std::make_unique<WaitUnderLock>(); }

}  // namespace sluice::checker
