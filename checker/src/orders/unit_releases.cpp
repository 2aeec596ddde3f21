#include "orders/unit_releases.hpp"

#include <set>
#include <utility>

#include "checks/by_design.hpp"
#include "checks/names_everywhere.hpp"
#include "summaries/summary.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// Whether the function, or what it calls, calls one of another file whose name says that it
// releases something.
bool may_release_elsewhere(Unit& unit, const clang::FunctionDecl* function,
                           llvm::DenseSet<const clang::FunctionDecl*>& seen) {
  const FunctionFacts* facts = unit.facts(function);
  if (facts == nullptr) return unit.is_elsewhere(function) && says_release(function);
  if (!seen.insert(function->getCanonicalDecl()).second) return false;
  return llvm::any_of(facts->callees, [&](const clang::FunctionDecl* callee) {
    return may_release_elsewhere(unit, callee, seen);
  });
}

// Whether it releases no lock that its callers hold.
bool keeps(Unit& unit, const clang::FunctionDecl* function) {
  llvm::DenseSet<const clang::FunctionDecl*> seen;
  if (may_release_elsewhere(unit, function, seen)) return false;
  if (!unit.touches_locks(function)) return true;
  const Summary* summary = unit.summary(function);
  return summary != nullptr && !summary->releases_unnamed &&
         llvm::all_of(summary->outcomes, [](const Outcome& outcome) {
           return llvm::all_of(outcome.effects,
                               [](const LockEffect& effect) { return effect.balance >= 0; });
         });
}

}  // namespace

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

std::vector<Keeper> keepers_of(Unit& unit) {
  std::vector<Keeper> keepers;
  for (const clang::FunctionDecl* function : unit.functions()) {
    const std::string name = says_release(function) ? name_everywhere(function) : std::string();
    if (!name.empty()) keepers.push_back({name, keeps(unit, function)});
  }
  return keepers;
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
