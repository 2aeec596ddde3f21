#include "orders/unit_releases.hpp"

#include <set>
#include <utility>

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

}  // namespace sluice::checker
