#include "checks/uses.hpp"

#include <algorithm>

#include "checks/surroundings.hpp"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// How often `variable` is named. That a lambda captures it says nothing: what its body does with it
// counts.
int mentions(const clang::Stmt* body, const clang::VarDecl* variable) {
  if (body == nullptr) return 0;
  if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(body)) {
    int count = mentions(lambda->getBody(), variable);
    for (const clang::LambdaCapture& capture : lambda->captures()) {
      if (lambda->isInitCapture(&capture)) {
        const auto* made = llvm::cast<clang::VarDecl>(capture.getCapturedVar());
        count += mentions(made->getInit(), variable);
      }
    }
    return count;
  }
  const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(body);
  int count = name != nullptr && name->getDecl() == variable ? 1 : 0;
  for (const clang::Stmt* child : body->children()) count += mentions(child, variable);
  return count;
}

// Whether something before `until` may leave the body, or come by again.
bool may_leave_before(Unit& unit, const clang::Stmt* body, const clang::Stmt* until) {
  if (body == nullptr || llvm::isa<clang::LambdaExpr>(body)) return false;
  const bool leaves = llvm::isa<clang::ReturnStmt, clang::CXXThrowExpr, clang::GotoStmt>(body);
  if (leaves && unit.sources().isBeforeInTranslationUnit(body->getBeginLoc(), until->getBeginLoc()))
    return true;
  return llvm::any_of(body->children(), [&](const clang::Stmt* child) {
    return may_leave_before(unit, child, until);
  });
}

bool contains_jump(const clang::Stmt* body) {
  if (body == nullptr || llvm::isa<clang::LambdaExpr>(body)) return false;
  if (llvm::isa<clang::BreakStmt, clang::ContinueStmt, clang::ReturnStmt, clang::GotoStmt,
                clang::CXXThrowExpr>(body))
    return true;
  return llvm::any_of(body->children(), contains_jump);
}

std::optional<std::int64_t> constant(Unit& unit, const clang::Expr* expression) {
  clang::Expr::EvalResult result;
  if (expression == nullptr || expression->isValueDependent() ||
      !expression->EvaluateAsInt(result, unit.context()))
    return std::nullopt;
  return result.Val.getInt().getExtValue();
}

// The rounds of `for (int i = 0; i < 10; ++i)`, if that is all there is to it.
std::optional<std::int64_t> rounds_of(Unit& unit, const clang::ForStmt& loop) {
  const auto* declared = llvm::dyn_cast_or_null<clang::DeclStmt>(loop.getInit());
  const auto* variable = declared == nullptr || !declared->isSingleDecl()
                             ? nullptr
                             : llvm::dyn_cast<clang::VarDecl>(declared->getSingleDecl());
  const auto* test = llvm::dyn_cast_or_null<clang::BinaryOperator>(loop.getCond());
  const auto* step = llvm::dyn_cast_or_null<clang::UnaryOperator>(loop.getInc());
  if (variable == nullptr || test == nullptr || step == nullptr || !step->isIncrementOp() ||
      variable_of(step->getSubExpr()) != variable || variable_of(test->getLHS()) != variable ||
      changes(loop.getBody(), variable))
    return std::nullopt;
  const std::optional<std::int64_t> from = constant(unit, variable->getInit());
  const std::optional<std::int64_t> to = constant(unit, test->getRHS());
  if (!from || !to) return std::nullopt;
  switch (test->getOpcode()) {
    case clang::BO_LT:
      return std::max<std::int64_t>(*to - *from, 0);
    case clang::BO_NE:
      return *to >= *from ? std::optional(*to - *from) : std::nullopt;
    case clang::BO_LE:
      return std::max<std::int64_t>(*to - *from + 1, 0);
    default:
      return std::nullopt;
  }
}

// The rounds of `for (int x : array)`.
std::optional<std::int64_t> rounds_of(Unit& unit, const clang::CXXForRangeStmt& loop) {
  const auto* array =
      unit.context().getAsConstantArrayType(loop.getRangeInit()->getType().getNonReferenceType());
  if (array == nullptr) return std::nullopt;
  return static_cast<std::int64_t>(array->getSize().getLimitedValue(HowOften::kManyTimes));
}

HowOften times(const HowOften& a, std::int64_t least, std::int64_t most) {
  return {std::min(a.least * std::min(least, HowOften::kManyTimes), HowOften::kManyTimes),
          std::min(a.most * std::min(most, HowOften::kManyTimes), HowOften::kManyTimes)};
}

HowOften in_rounds(const HowOften& often, std::optional<std::int64_t> rounds,
                   const clang::Stmt* body) {
  if (!rounds) return times(often, 0, HowOften::kManyTimes);
  return times(often, contains_jump(body) ? 0 : *rounds, *rounds);
}

// What the statement around it makes of it.
HowOften within(Unit& unit, const HowOften& often, const clang::Stmt* statement,
                const clang::Stmt* child) {
  if (const auto* choice = llvm::dyn_cast<clang::IfStmt>(statement)) {
    const bool chosen = child == choice->getThen() || child == choice->getElse();
    return chosen ? times(often, 0, 1) : often;
  }
  if (const auto* loop = llvm::dyn_cast<clang::ForStmt>(statement)) {
    if (child == loop->getInit()) return often;
    return in_rounds(often, child == loop->getBody() ? rounds_of(unit, *loop) : std::nullopt,
                     loop->getBody());
  }
  if (const auto* loop = llvm::dyn_cast<clang::CXXForRangeStmt>(statement)) {
    if (child != loop->getBody()) return often;
    return in_rounds(often, rounds_of(unit, *loop), loop->getBody());
  }
  if (llvm::isa<clang::WhileStmt, clang::DoStmt>(statement))
    return times(often, 0, HowOften::kManyTimes);
  const auto* both = llvm::dyn_cast<clang::BinaryOperator>(statement);
  const bool may_skip = llvm::isa<clang::SwitchStmt, clang::CXXTryStmt, clang::CXXCatchStmt,
                                  clang::AbstractConditionalOperator>(statement) ||
                        (both != nullptr && both->isLogicalOp());
  return may_skip ? times(often, 0, 1) : often;
}

// The variable that `expression` refers to or points to: `group`, `&group`, `std::ref(group)`.
const clang::Decl* given(const clang::Expr* expression) {
  expression = strip(expression);
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression)) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    const bool refers = callee != nullptr && callee->isInStdNamespace() &&
                        call->getNumArgs() == 1 && simple_name(callee) == "ref";
    if (refers) expression = strip(call->getArg(0));
  } else if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(expression)) {
    if (address->getOpcode() == clang::UO_AddrOf) expression = strip(address->getSubExpr());
  }
  const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression);
  return name == nullptr ? nullptr : name->getDecl();
}

// Follows a variable through the functions that it is given to.
class UsesOf {
 public:
  explicit UsesOf(Unit& unit) : unit_(unit) {}

  std::optional<std::vector<const Site*>> calls_about(const clang::FunctionDecl* owner,
                                                      const clang::VarDecl* variable) {
    std::vector<const Site*> calls;
    for (const Site& site : unit_.sites()) {
      const clang::Expr* object = object_of(site);
      const auto* name =
          llvm::dyn_cast_or_null<clang::DeclRefExpr>(object == nullptr ? nullptr : strip(object));
      if (name != nullptr && name->getDecl() == variable) calls.push_back(&site);
    }
    std::vector<const clang::ParmVarDecl*> receivers;
    const int times_given = collect(owner->getBody(), variable, receivers);
    if (mentions(owner->getBody(), variable) != static_cast<int>(calls.size()) + times_given)
      return std::nullopt;
    for (const clang::ParmVarDecl* receiver : receivers) {
      if (!seen_.insert(receiver).second) continue;
      const auto* function = llvm::cast<clang::FunctionDecl>(receiver->getDeclContext());
      const auto theirs = calls_about(function, receiver);
      if (!theirs) return std::nullopt;
      calls.insert(calls.end(), theirs->begin(), theirs->end());
    }
    return calls;
  }

 private:
  // Takes in the parameters, of functions with a body here, that are given the variable. Returns
  // how often it is given to them, and to what can only look at it.
  int collect(const clang::Stmt* body, const clang::VarDecl* variable,
              std::vector<const clang::ParmVarDecl*>& receivers) {
    if (body == nullptr) return 0;
    int count = 0;
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(body)) {
      const llvm::ArrayRef<const clang::Expr*> arguments(call->getArgs(), call->getNumArgs());
      count = collect_call(call->getDirectCallee(), arguments, variable, receivers);
    } else if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(body)) {
      const llvm::ArrayRef<const clang::Expr*> arguments(made->getArgs(), made->getNumArgs());
      count = collect_call(made->getConstructor(), arguments, variable, receivers);
    }
    for (const clang::Stmt* child : body->children()) count += collect(child, variable, receivers);
    return count;
  }

  int collect_call(const clang::FunctionDecl* callee, llvm::ArrayRef<const clang::Expr*> arguments,
                   const clang::VarDecl* variable,
                   std::vector<const clang::ParmVarDecl*>& receivers) {
    if (callee == nullptr || callee->isOverloadedOperator()) return 0;
    // `go(worker, 1, &group)` calls `worker(1, &group)`.
    if (unit_.vocabulary().spawner(callee) != nullptr) {
      const auto* started = llvm::find_if(
          arguments, [](const clang::Expr* each) { return callable_of(each) != nullptr; });
      if (started == arguments.end()) return 0;
      callee = callable_of(*started);
      arguments = arguments.drop_front(started - arguments.begin() + 1);
    }
    const FunctionFacts* facts = unit_.facts(callee);
    if (facts != nullptr) callee = facts->definition;
    int count = 0;
    for (const auto [argument, parameter] : llvm::zip(arguments, callee->parameters())) {
      const clang::QualType pointee = parameter->getType()->getPointeeType();
      if (pointee.isNull() || given(argument) != variable) continue;
      if (facts != nullptr && !pointee->isVoidType()) {
        receivers.push_back(parameter);
      } else if (!pointee.isConstQualified() || !llvm::isa<clang::UnaryOperator>(strip(argument))) {
        continue;  // A copy of a smart pointer leads to it as well.
      }
      ++count;
    }
    return count;
  }

  Unit& unit_;
  llvm::DenseSet<const clang::ParmVarDecl*> seen_;
};

}  // namespace

std::optional<std::vector<const Site*>> calls_about(Unit& unit, const clang::FunctionDecl* owner,
                                                    const clang::VarDecl* variable) {
  return UsesOf(unit).calls_about(owner, variable);
}

HowOften how_often(Unit& unit, const Site& site, const clang::FunctionDecl* owner) {
  HowOften often;
  const auto begin = llvm::find(site.around, owner->getBody());
  if (begin == site.around.end()) return {0, HowOften::kManyTimes};
  const auto next = [&](auto at) {
    return at + 1 == site.around.end() ? static_cast<const clang::Stmt*>(site.expression)
                                       : *(at + 1);
  };
  if (may_leave_before(unit, *begin, next(begin))) often.least = 0;
  for (auto at = begin + 1; at != site.around.end(); ++at) {
    const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(*at);
    if (lambda == nullptr) {
      often = within(unit, often, *at, next(at));
      continue;
    }
    // A lambda runs when what it is given to runs it.
    const Site* runs = nullptr;
    for (auto up = at; up != begin && runs == nullptr;) {
      --up;
      if (!llvm::isa<clang::Expr>(*up)) break;
      runs = site_of(unit, llvm::cast<clang::Expr>(*up));
    }
    if (runs == nullptr || (runs->api != Api::spawn && runs->api != Api::defer))
      return {0, HowOften::kManyTimes};
    if (may_leave_before(unit, lambda->getBody(), next(at + 1))) often.least = 0;
  }
  return often;
}

const clang::FunctionDecl* owner_of(const clang::VarDecl* variable) {
  if (variable == nullptr || !variable->hasLocalStorage()) return nullptr;
  return llvm::dyn_cast<clang::FunctionDecl>(variable->getDeclContext());
}

const Site* site_of(Unit& unit, const clang::Expr* expression) {
  for (const Site& site : unit.sites()) {
    if (site.expression == expression) return &site;
  }
  return nullptr;
}

bool may_wait_for_other(const Site& site) {
  switch (site.api) {
    case Api::join:
    case Api::send:
    case Api::receive:
    case Api::select:
    case Api::try_select:
    case Api::cond_wait:
    case Api::park:
      return true;
    default:
      return site.lock != nullptr || site.guard != nullptr;
  }
}

}  // namespace sluice::checker
