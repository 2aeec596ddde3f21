#include "checks/pending_sends.hpp"

#include <algorithm>

#include "checks/surroundings.hpp"
#include "checks/uses.hpp"
#include "checks/waits.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

const clang::VarDecl* named_variable(const clang::Expr* expression) {
  const auto* name =
      expression == nullptr ? nullptr : llvm::dyn_cast<clang::DeclRefExpr>(strip(expression));
  return name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
}

// The variable that `expression` hands on, whether a handle is copied or not.
const clang::VarDecl* handed_on(const clang::Expr* expression) {
  expression = strip(expression);
  while (const auto* made = llvm::dyn_cast_or_null<clang::CXXConstructExpr>(expression)) {
    if (made->getNumArgs() != 1) return nullptr;
    expression = strip(made->getArg(0));
  }
  return named_variable(expression);
}

bool sends_on(Unit& unit, const clang::FunctionDecl* function, const clang::VarDecl* channel) {
  return llvm::any_of(unit.sites(), [&](const Site& site) {
    return site.api == Api::send && site.function == function &&
           named_variable(object_of(site)) == channel;
  });
}

// Calls of functions of this unit that are given the channel and send on it.
bool calls_sender(Unit& unit, const clang::Stmt* body, const clang::VarDecl* channel) {
  if (body == nullptr || llvm::isa<clang::LambdaExpr>(body)) return false;
  const auto* call = llvm::dyn_cast<clang::CallExpr>(body);
  const FunctionFacts* facts = call == nullptr ? nullptr : unit.facts(call->getDirectCallee());
  if (facts != nullptr) {
    const unsigned count = std::min(call->getNumArgs(), facts->definition->getNumParams());
    for (unsigned i = 0; i < count; ++i) {
      if (handed_on(call->getArg(i)) == channel &&
          sends_on(unit, facts->definition, facts->definition->getParamDecl(i)))
        return true;
    }
  }
  return llvm::any_of(body->children(),
                      [&](const clang::Stmt* child) { return calls_sender(unit, child, channel); });
}

// Whether the goroutine sends, and does not expect that it may fail.
bool starts_sender(Unit& unit, const Site& spawn, const clang::VarDecl* channel) {
  return llvm::any_of(spawn.arguments(), [&](const clang::Expr* argument) {
    const clang::LambdaExpr* lambda = lambda_of(argument);
    if (lambda == nullptr || contains_try(lambda->getBody())) return false;
    return sends_on(unit, lambda->getCallOperator(), channel) ||
           calls_sender(unit, lambda->getBody(), channel);
  });
}

bool may_wait(const Site& site) { return site.api == Api::sleep || may_wait_for_other(site); }

// Whether anything between the two, which stand in one block, may wait for the goroutine.
bool waited_between(Unit& unit, const Site& spawn, const Site& close, const Place& place) {
  for (const Site& site : unit.sites()) {
    if (site.function == close.function && may_wait(site) && comes_before(unit, spawn, site) &&
        comes_before(unit, site, close))
      return true;
  }
  bool begun = false;
  for (const clang::Stmt* statement : place.block->body()) {
    if (statement == place.statement) return false;
    begun = begun || statement == spawn.expression || llvm::is_contained(spawn.around, statement);
    if (begun && may_wait_behind(unit, statement, spawn.expression->getEndLoc())) return true;
  }
  return true;
}

}  // namespace

const Site* sender_not_waited_for(Unit& unit, const Site& close) {
  const clang::VarDecl* channel = named_variable(object_of(close));
  const Place place = place_of(close);
  if (channel == nullptr || place.block == nullptr) return nullptr;
  for (const Site& spawn : unit.sites()) {
    if (spawn.api == Api::spawn && spawn.function == close.function &&
        llvm::is_contained(spawn.around, place.block) && comes_before(unit, spawn, close) &&
        starts_sender(unit, spawn, channel) && !waited_between(unit, spawn, close, place))
      return &spawn;
  }
  return nullptr;
}

}  // namespace sluice::checker
