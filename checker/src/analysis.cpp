// Runs checks over a translation unit and passes on what is to be shown.
#include "sluice-checker/analysis.hpp"

#include <algorithm>
#include <set>

#include "clang/AST/ASTContext.h"
#include "orders/unit_orders.hpp"
#include "orders/unit_releases.hpp"
#include "suppress.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

class Collector : public Sink {
 public:
  void report(const Finding& finding) override { findings.push_back(finding); }
  std::vector<Finding> findings;
};

}  // namespace

Analysis::Analysis(clang::ASTContext& context, Options options)
    : options_(std::move(options)),
      unit_(std::make_unique<Unit>(context,
                                   options_.flag("sluice-missing-unlock", "StrictExceptions"),
                                   options_.configuration.get())) {}

Analysis::~Analysis() = default;

void Analysis::run(const CheckEntry& check, Sink& sink) {
  Collector collector;
  check.make()->run(*unit_, options_, collector);
  const clang::SourceManager& sources = unit_->sources();
  std::stable_sort(collector.findings.begin(), collector.findings.end(),
                   [&](const Finding& a, const Finding& b) {
                     return sources.isBeforeInTranslationUnit(a.location, b.location);
                   });
  // A template is looked at once an instantiation, and a mistake in it is still one mistake.
  std::set<std::pair<unsigned, std::string>> shown;
  for (const Finding& finding : collector.findings) {
    if (!shown.insert({sources.getExpansionLoc(finding.location).getRawEncoding(), finding.message})
             .second)
      continue;
    if (is_suppressed(sources, finding)) continue;
    if (!finding.needs_others()) {
      sink.report(finding);
    } else {
      sink.report_if_others_agree(finding);
    }
  }
}

std::vector<SeenOrder> Analysis::orders() {
  std::vector<SeenOrder> all = orders_of(*unit_);
  std::erase_if(all, [this](const SeenOrder& each) {
    Finding finding;
    finding.check = kLockOrderCheck;
    finding.location = each.second_at;
    return is_suppressed(unit_->sources(), finding);
  });
  return all;
}

std::vector<Release> Analysis::releases() { return releases_of(*unit_); }

std::vector<Keeper> Analysis::keepers() { return keepers_of(*unit_); }

std::vector<LockUse> Analysis::lock_uses() { return lock_uses_of(*unit_); }

}  // namespace sluice::checker
