#include "orders/unit_orders.hpp"

#include <algorithm>
#include <set>

#include "checks/wording.hpp"
#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"
#include "paths/function_paths.hpp"

namespace sluice::checker {
namespace {

std::string file_of(Unit& unit, const clang::Decl* decl) {
  const clang::PresumedLoc at = unit.sources().getPresumedLoc(decl->getLocation());
  return at.isValid() ? at.getFilename() : "";
}

// What the lock is called in all files: `Account::mu_`, `registry_mu`, `mu@src/log.cpp` when only
// one file can name it. Empty: nobody else can mean the same one.
std::string name_everywhere(Unit& unit, const Value* place) {
  const auto* decl = static_cast<const clang::ValueDecl*>(shape_of(place));
  if (decl == nullptr) return {};
  if (const auto* field = llvm::dyn_cast<clang::FieldDecl>(decl)) {
    if (field->getParent()->getIdentifier() == nullptr) return {};
    // Classes in unnamed namespaces and in functions are another one in each file.
    const bool is_everywhere =
        field->getParent()->isExternallyVisible() || !unit.context().getLangOpts().CPlusPlus;
    return plain_name(field) + (is_everywhere ? std::string() : "@" + file_of(unit, field));
  }
  const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl);
  if (variable == nullptr || !variable->hasGlobalStorage()) return {};
  // A pointer or reference may lead to any lock.
  if (variable->getType()->isPointerType() || variable->getType()->isReferenceType()) return {};
  std::string name = plain_name(variable);
  if (!variable->isExternallyVisible()) {
    name += "@" + file_of(unit, variable);
    if (variable->isStaticLocal()) {
      name += ":" + std::to_string(unit.sources().getPresumedLineNumber(variable->getLocation()));
    }
  }
  return name;
}

}  // namespace

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
