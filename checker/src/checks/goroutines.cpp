#include "checks/goroutines.hpp"

#include "clang/AST/DeclCXX.h"
#include "syntax.hpp"

namespace sluice::checker {

std::vector<OnGoroutine> functions_on_goroutines(Unit& unit) {
  std::vector<OnGoroutine> found;
  llvm::DenseSet<const clang::FunctionDecl*> seen;
  const auto add = [&](const clang::FunctionDecl* function, const Site* started) {
    const FunctionFacts* facts = function == nullptr ? nullptr : unit.facts(function);
    if (facts != nullptr && seen.insert(function->getCanonicalDecl()).second)
      found.push_back({facts->definition, started});
  };
  for (const Site& spawn : unit.sites()) {
    if (spawn.api != Api::spawn || !plain_name(spawn.callee).starts_with("sluice::")) continue;
    for (const clang::Expr* argument : spawn.arguments()) add(callable_of(argument), &spawn);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const OnGoroutine from = found[i];
    for (const clang::FunctionDecl* callee : unit.facts(from.function)->called) {
      const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
      if (method == nullptr || !method->isVirtual()) add(callee, from.started);
    }
  }
  return found;
}

}  // namespace sluice::checker
