#include "orders/unit_orders.hpp"

#include <algorithm>
#include <set>

#include "checks/names_everywhere.hpp"
#include "checks/wording.hpp"
#include "clang/Basic/SourceManager.h"
#include "paths/function_paths.hpp"

namespace sluice::checker {

std::vector<SeenOrder> orders_of(Unit& unit) {
  std::vector<SeenOrder> all;
  for (const clang::FunctionDecl* function : unit.lock_functions()) {
    const FunctionPaths& paths = unit.paths(function);
    if (paths.gave_up) continue;
    std::set<std::pair<std::string, std::string>> seen;
    for (const TakenUnder& taken : paths.taken_under) {
      SeenOrder each;
      each.order.second = name_everywhere(unit, taken.place);
      if (each.order.second.empty() || taken.site == nullptr) continue;
      for (const HeldLock& held : taken.held) {
        if (held.site == nullptr || held.site == taken.site) continue;  // both at once: std::lock
        each.order.first = name_everywhere(unit, held.place);
        if (each.order.first.empty() || each.order.first == each.order.second) continue;
        if (!seen.insert({each.order.first, each.order.second}).second) continue;
        each.order.shared = held.shared && taken.shared;
        each.order.gates.clear();
        for (const HeldLock& other : taken.held) {
          std::string gate = name_everywhere(unit, other.place);
          if (!gate.empty() && gate != each.order.first)
            each.order.gates.push_back(std::move(gate));
        }
        std::sort(each.order.gates.begin(), each.order.gates.end());
        each.first_spelled = lock_name(unit, held);
        HeldLock second;
        second.place = taken.place;
        second.site = taken.through == nullptr ? taken.site : nullptr;
        each.second_spelled = lock_name(unit, second);
        each.function = function_name(function);
        each.first_at = unit.sources().getExpansionLoc(held.site->getBeginLoc());
        each.second_at = unit.sources().getExpansionLoc(taken.site->getBeginLoc());
        all.push_back(each);
      }
    }
  }
  return all;
}

}  // namespace sluice::checker
