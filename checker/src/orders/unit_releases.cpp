#include "orders/unit_releases.hpp"

#include <set>
#include <utility>

#include "checks/by_design.hpp"
#include "checks/names_everywhere.hpp"
#include "summaries/summary.hpp"

namespace sluice::checker {

std::vector<Release> releases_of(Unit& unit) {
  std::set<std::pair<std::string, std::string>> all;
  for (const clang::FunctionDecl* function : unit.lock_functions()) {
    const std::string name = name_everywhere(function);
    const Summary* summary = name.empty() ? nullptr : unit.summary(function);
    if (summary == nullptr) continue;
    for (const Outcome& outcome : summary->outcomes) {
      for (const LockEffect& effect : outcome.effects) {
        const std::string lock =
            effect.balance < 0 ? name_everywhere(unit, effect.place) : std::string();
        if (!lock.empty()) all.insert({name, lock});
      }
    }
  }
  std::vector<Release> releases;
  for (const auto& [function, lock] : all) releases.push_back({function, lock});
  return releases;
}

std::vector<LockUse> lock_uses_of(Unit& unit) {
  std::vector<LockUse> uses;
  for (auto& [shape, use] : ByDesign(unit).uses()) {
    use.lock = name_everywhere(unit, shape);
    if (!use.lock.empty()) uses.push_back(std::move(use));
  }
  // By addresses, their order would be another one each time.
  llvm::sort(uses, [](const LockUse& a, const LockUse& b) { return a.lock < b.lock; });
  return uses;
}

}  // namespace sluice::checker
