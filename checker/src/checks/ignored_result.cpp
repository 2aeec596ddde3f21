// Results that say whether something was done, and nobody looks at them.
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"

namespace sluice::checker {
namespace {

class IgnoredResult : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& site : unit.sites()) {
      if (site.lock != nullptr && site.lock->is_acquire() && site.lock->tries()) {
        if (discarded(site) == nullptr) continue;
        report(site,
               "whether this locked " + spelled(unit, object_of(site), "it") +
                   " is not looked at, so that what follows may run without the lock",
               sink);
      } else if (site.api == Api::make_context) {
        const bool loses = discarded(site) != nullptr || takes_context_alone(site);
        if (loses) {
          report(site,
                 "what ends this context is a temporary, which ends it at once; keep both parts of "
                 "the result",
                 sink);
        }
      }
    }
  }

 private:
  // As in `with_cancel(parent).ctx`.
  static bool takes_context_alone(const Site& site) {
    for (auto at = site.around.rbegin(); at != site.around.rend(); ++at) {
      if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(*at))
        return member->getMemberDecl()->getName() == "ctx";
      if (!llvm::isa<clang::MaterializeTemporaryExpr, clang::ParenExpr, clang::ImplicitCastExpr,
                     clang::CXXBindTemporaryExpr>(*at)) {
        return false;
      }
    }
    return false;
  }

  static void report(const Site& site, std::string message, Sink& sink) {
    Finding finding;
    finding.check = "sluice-ignored-result";
    finding.location = site.expression->getExprLoc();
    finding.message = std::move(message);
    sink.report(finding);
  }
};

}  // namespace

std::unique_ptr<Check> make_ignored_result() { return std::make_unique<IgnoredResult>(); }

}  // namespace sluice::checker
