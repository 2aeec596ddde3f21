// What the text of a function says before any path is followed: which object each constructor
// makes, which calls decide about locking, which loops take many locks.
#include "clang/AST/RecursiveASTVisitor.h"
#include "paths/function_context.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// The constructor that directly makes the object that `init` initialises, and the temporary it is
// bound to, if any.
const clang::CXXConstructExpr* constructor_in(const clang::Expr* init) {
  while (init != nullptr) {
    if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(init)) return made;
    if (const auto* full = llvm::dyn_cast<clang::FullExpr>(init)) {
      init = full->getSubExpr();
    } else if (const auto* bound = llvm::dyn_cast<clang::CXXBindTemporaryExpr>(init)) {
      init = bound->getSubExpr();
    } else if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(init)) {
      init = cast->getSubExpr();
    } else if (const auto* temporary = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(init)) {
      init = temporary->getSubExpr();
    } else if (const auto* inner = llvm::dyn_cast<clang::ParenExpr>(init)) {
      init = inner->getSubExpr();
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

class TargetFinder : public clang::RecursiveASTVisitor<TargetFinder> {
 public:
  TargetFinder(Values& values,
               llvm::DenseMap<const clang::CXXConstructExpr*, const Value*>& targets)
      : values_(values), targets_(targets) {}

  // NOLINTBEGIN(readability-identifier-naming): the names are RecursiveASTVisitor's.
  bool TraverseLambdaExpr(clang::LambdaExpr*) { return true; }

  bool VisitVarDecl(clang::VarDecl* variable) {
    if (variable->getType()->isReferenceType()) return true;
    if (const clang::CXXConstructExpr* made = constructor_in(variable->getInit())) {
      targets_[made] = values_.variable(variable);
    }
    return true;
  }
  bool VisitCXXBindTemporaryExpr(clang::CXXBindTemporaryExpr* bound) {
    if (const clang::CXXConstructExpr* made = constructor_in(bound->getSubExpr())) {
      targets_.try_emplace(made, values_.temporary(bound));
    }
    return true;
  }
  bool VisitCXXNewExpr(clang::CXXNewExpr* created) {
    if (const clang::CXXConstructExpr* made = created->getConstructExpr()) {
      targets_[made] = values_.deref(values_.opaque(created, nullptr));
    }
    return true;
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  Values& values_;
  llvm::DenseMap<const clang::CXXConstructExpr*, const Value*>& targets_;
};

struct LockCall {
  const clang::Expr* call;
  const clang::Expr* lock;  // null when a function of this unit does something to locks
  bool acquires;
};

class IdiomFinder : public clang::RecursiveASTVisitor<IdiomFinder> {
 public:
  explicit IdiomFinder(Unit& unit) : unit_(unit) {}

  // NOLINTBEGIN(readability-identifier-naming): the names are RecursiveASTVisitor's.
  bool TraverseLambdaExpr(clang::LambdaExpr*) { return true; }

  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr) return true;
    if (const LockFunction* row = unit_.vocabulary().lock_function(callee)) {
      if (row->effect == Effect::keep) return true;
      calls.push_back({call, lock_argument(call, *row), row->effect == Effect::acquire});
    } else if (unit_.touches_locks(callee)) {
      calls.push_back({call, nullptr, false});
    }
    return true;
  }

  bool VisitIfStmt(clang::IfStmt* statement) {
    conditions.push_back(statement);
    return true;
  }
  // NOLINTEND(readability-identifier-naming)

  std::vector<LockCall> calls;
  std::vector<const clang::IfStmt*> conditions;

 private:
  static const clang::Expr* lock_argument(const clang::CallExpr* call, const LockFunction& row) {
    if (const auto* method = llvm::dyn_cast<clang::CXXMemberCallExpr>(call)) {
      if (row.lock == kObject) return method->getImplicitObjectArgument();
    }
    return row.lock >= 0 && row.lock < static_cast<int>(call->getNumArgs()) ? call->getArg(row.lock)
                                                                            : nullptr;
  }

  Unit& unit_;
};

// The variable of the loop's own that `expression` reads, as `__begin` or `__range`.
const clang::VarDecl* implicit_variable(const clang::Stmt* expression) {
  if (expression == nullptr) return nullptr;
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    return variable != nullptr && variable->isImplicit() ? variable : nullptr;
  }
  for (const clang::Stmt* child : expression->children()) {
    if (const clang::VarDecl* variable = implicit_variable(child)) return variable;
  }
  return nullptr;
}

// As shape_of, but an element that a loop walks to is known by what it is an element of: two loops
// over the same range mean the same locks.
const void* shape_in_range(const clang::Expr* lock) {
  const auto* name = llvm::dyn_cast_or_null<clang::DeclRefExpr>(strip(lock));
  const auto* variable =
      name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
  if (variable == nullptr || !variable->isCXXForRangeDecl() || variable->getInit() == nullptr)
    return shape_of(lock);
  const clang::Expr* from = variable->getInit();
  while (const clang::VarDecl* step = implicit_variable(from)) {
    if (step->getInit() == nullptr) return shape_of(lock);
    from = step->getInit();
  }
  return shape_of(from);
}

void collect_callees(const clang::Stmt* statement,
                     llvm::DenseSet<const clang::FunctionDecl*>& callees) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return;
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
    if (const clang::FunctionDecl* callee = call->getDirectCallee())
      callees.insert(callee->getCanonicalDecl());
  }
  for (const clang::Stmt* child : statement->children()) collect_callees(child, callees);
}

// Whether `expression` names a variable that is declared or assigned within `loop`.
bool varies_within(const clang::Stmt* expression, const clang::Stmt* loop,
                   const clang::SourceManager& sources,
                   const std::vector<const clang::VarDecl*>& assigned) {
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl())) {
      const auto inside = [&](clang::SourceLocation at) {
        return !sources.isBeforeInTranslationUnit(at, loop->getBeginLoc()) &&
               !sources.isBeforeInTranslationUnit(loop->getEndLoc(), at);
      };
      if (inside(variable->getLocation())) return true;
      if (llvm::is_contained(assigned, variable)) return true;
    }
  }
  for (const clang::Stmt* child : expression->children()) {
    if (child != nullptr && varies_within(child, loop, sources, assigned)) return true;
  }
  return false;
}

}  // namespace

const void* shape_of(const clang::Expr* lock) {
  lock = strip(lock);
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(lock))
    return member->getMemberDecl()->getCanonicalDecl();
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(lock))
    return name->getDecl()->getCanonicalDecl();
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(lock))
    return shape_of(unary->getSubExpr());
  if (const auto* index = llvm::dyn_cast<clang::ArraySubscriptExpr>(lock))
    return shape_of(index->getBase());
  if (const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(lock))
    return shape_of(operation->getArg(0));
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(lock)) return call->getCalleeDecl();
  return nullptr;
}

const void* shape_of(const Value* place) {
  switch (place->kind) {
    case ValueKind::variable:
    case ValueKind::field:
    case ValueKind::call:
      return place->tag;
    default:
      return place->base() == nullptr ? nullptr : shape_of(place->base());
  }
}

const Value* FunctionContext::constructed(const clang::CXXConstructExpr* made) const {
  const Value* target = targets_.lookup(made);
  return target != nullptr ? target : unit_.values().temporary(made);
}

void FunctionContext::find_targets() {
  Values& values = unit_.values();
  TargetFinder finder(values, targets_);
  finder.TraverseStmt(function_->getBody());
  const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(function_);
  if (constructor == nullptr) return;
  for (const clang::CXXCtorInitializer* init : constructor->inits()) {
    finder.TraverseStmt(init->getInit());
    const clang::CXXConstructExpr* made = constructor_in(init->getInit());
    if (made == nullptr) continue;
    const Value* object = values.deref(values.self());
    targets_[made] = init->isMemberInitializer() ? values.field(object, init->getMember()) : object;
  }
}

void FunctionContext::find_idioms() {
  IdiomFinder finder(unit_);
  finder.TraverseStmt(function_->getBody());
  for (const clang::IfStmt* statement : finder.conditions) {
    // `if (asked()) lock();`: the branch is the lock call, or begins its block with statements
    // around one.
    const bool decides = llvm::any_of(finder.calls, [&](const LockCall& call) {
      const clang::Stmt* at = call.call;
      for (int up = 0; up < 3 && at != nullptr; ++up, at = parent(at)) {
        if (at == statement->getThen() || at == statement->getElse()) return true;
      }
      return false;
    });
    if (decides) collect_callees(statement->getCond(), stable_);
  }
  // A lock operation itself answers differently each time.
  for (const LockCall& call : finder.calls) {
    if (const auto* made = llvm::dyn_cast<clang::CallExpr>(call.call)) {
      stable_.erase(made->getDirectCallee()->getCanonicalDecl());
    }
  }

  for (const LockCall& taken : finder.calls) {
    if (!taken.acquires || taken.lock == nullptr) continue;
    const clang::Stmt* loop = innermost_loop(taken.call);
    if (loop == nullptr) continue;
    bool in_loop = false;
    bool elsewhere = false;
    for (const LockCall& call : finder.calls) {
      if (call.acquires ||
          (call.lock != nullptr && shape_in_range(call.lock) != shape_in_range(taken.lock)))
        continue;
      const clang::Stmt* up = call.call;
      while (up != nullptr && up != loop) up = parent(up);
      (up == nullptr ? elsewhere : in_loop) = true;
    }
    if (in_loop) continue;
    std::vector<const clang::VarDecl*> assigned;
    for (const Loop& each : loops_)
      assigned.insert(assigned.end(), each.assigned.begin(), each.assigned.end());
    if (varies_within(taken.lock, loop, unit_.sources(), assigned))
      takes_many_[taken.call] = elsewhere;
  }
}

}  // namespace sluice::checker
