// A call on a goroutine that stops the whole thread under it, where the runtime has one that parks.
#include "checks/goroutines.hpp"
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"

namespace sluice::checker {
namespace {

// What to call instead; empty: the call is none of these.
std::string better(const Site& site) {
  const std::string name = plain_name(site.callee);
  // A program may have a sleep() of its own, which is no C function.
  const bool is_own = name.find("::") == std::string::npos && !site.callee->isExternC();
  if (site.api == Api::sleep) return is_own ? std::string() : "'sluice::sleep_for'";
  if (name.starts_with("sluice::")) return {};
  if (site.api == Api::cond_wait) return "'sluice::Cond'";
  // What a thread does can only be waited for on a thread.
  if (site.api == Api::join) return "'sluice::blocking' around it, or a channel";
  return {};
}

class ThreadBlockingCall : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    llvm::DenseMap<const clang::FunctionDecl*, const Site*> started;
    for (const OnGoroutine& each : functions_on_goroutines(unit))
      started[each.function->getCanonicalDecl()] = each.started;
    for (const Site& site : unit.sites()) {
      const Site* by = started.lookup(site.function->getCanonicalDecl());
      const std::string instead = by == nullptr ? std::string() : better(site);
      if (instead.empty()) continue;
      Finding finding;
      finding.check = "sluice-thread-blocking-call";
      finding.location = site.expression->getExprLoc();
      finding.message = "'" + site.callee->getNameAsString() +
                        "' stops the thread under the goroutine, and other goroutines with it; "
                        "use " +
                        instead;
      finding.notes.push_back({by->expression->getExprLoc(), "the goroutine is started here"});
      sink.report(finding);
    }
  }
};

}  // namespace

std::unique_ptr<Check> make_thread_blocking_call() {
  return std::make_unique<ThreadBlockingCall>();
}

}  // namespace sluice::checker
