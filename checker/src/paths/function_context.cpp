// Builds the control-flow graph of a function and finds its loops and try blocks.
#include "paths/function_context.hpp"

#include "clang/AST/ASTContext.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

clang::CFG::BuildOptions graph_options() {
  clang::CFG::BuildOptions options;
  options.AddInitializers = true;
  options.AddImplicitDtors = true;
  options.AddTemporaryDtors = true;
  options.AddCXXDefaultInitExprInCtors = true;
  // Whatever changes a state has to be an element of its own, in the order in which it happens.
  for (const auto kind :
       {clang::Stmt::BinaryOperatorClass, clang::Stmt::CompoundAssignOperatorClass,
        clang::Stmt::UnaryOperatorClass, clang::Stmt::CXXThrowExprClass,
        clang::Stmt::CXXNewExprClass, clang::Stmt::CXXDeleteExprClass, clang::Stmt::LambdaExprClass,
        clang::Stmt::InitListExprClass}) {
    options.setAlwaysAdd(kind);
  }
  return options;
}

// What a condition reads that somebody else could change: fields, globals and objects that methods
// are called on.
void collect_tested(const clang::Stmt* condition, std::vector<const clang::Expr*>& tested) {
  if (condition == nullptr) return;
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(condition)) {
    if (llvm::isa<clang::FieldDecl>(member->getMemberDecl())) tested.push_back(member);
  } else if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(condition)) {
    if (llvm::isa<clang::VarDecl>(name->getDecl())) tested.push_back(name);
  } else if (const auto* target = llvm::dyn_cast<clang::UnaryOperator>(condition)) {
    if (target->getOpcode() == clang::UO_Deref) tested.push_back(target);
  } else if (const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(condition)) {
    if (llvm::isa<clang::CXXThisExpr>(call->getImplicitObjectArgument()->IgnoreParenImpCasts())) {
      tested.push_back(call->getImplicitObjectArgument());
    }
  }
  for (const clang::Stmt* child : condition->children()) collect_tested(child, tested);
}

void collect_assigned(const clang::Stmt* statement, std::vector<const clang::VarDecl*>& assigned) {
  const clang::Expr* target = nullptr;
  if (const auto* assignment = llvm::dyn_cast<clang::BinaryOperator>(statement)) {
    if (assignment->isAssignmentOp()) target = assignment->getLHS();
  } else if (const auto* step = llvm::dyn_cast<clang::UnaryOperator>(statement)) {
    if (step->isIncrementDecrementOp()) target = step->getSubExpr();
  } else if (const auto* declared = llvm::dyn_cast<clang::DeclStmt>(statement)) {
    for (const clang::Decl* decl : declared->decls()) {
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) assigned.push_back(variable);
    }
  }
  if (target == nullptr) return;
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(target->IgnoreParenImpCasts())) {
    if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl()))
      assigned.push_back(variable);
  }
}

}  // namespace

FunctionContext::FunctionContext(Unit& unit, const clang::FunctionDecl* function)
    : unit_(unit), function_(function), facts_(*unit.facts(function)) {
  clang::Stmt* body = function->getBody();
  parents_ = std::make_unique<clang::ParentMap>(body);
  if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(function)) {
    for (const clang::CXXCtorInitializer* init : constructor->inits())
      parents_->addStmt(init->getInit());
  }
  cfg_ = clang::CFG::buildCFG(function, body, &unit.context(), graph_options());
  if (cfg_ == nullptr) return;
  const auto* type = function->getType()->getAs<clang::FunctionProtoType>();
  // An exception that reaches the top of a goroutine, a thread or main ends the program.
  contains_exceptions_ =
      (type != nullptr && type->isNothrow()) || facts_.spawner != nullptr || function->isMain();
  for (const clang::CFGBlock* block : cfg_->try_blocks()) {
    if (const clang::Stmt* statement = block->getTerminatorStmt()) handlers_[statement] = block;
  }
  find_loops();
  find_targets();
  find_idioms();
  liveness_ = std::make_unique<Liveness>(*this, *parents_);
}

void FunctionContext::find_loops() {
  looping_.resize(cfg_->getNumBlockIDs());
  enum : char { kNew, kOpen, kDone };
  std::vector<char> mark(cfg_->getNumBlockIDs(), kNew);
  std::vector<std::pair<const clang::CFGBlock*, const clang::CFGBlock*>> back_edges;
  std::vector<std::pair<const clang::CFGBlock*, clang::CFGBlock::const_succ_iterator>> stack;
  const auto visit = [&](const clang::CFGBlock* block) {
    if (mark[block->getBlockID()] != kNew) return;
    mark[block->getBlockID()] = kOpen;
    stack.push_back({block, block->succ_begin()});
    while (!stack.empty()) {
      auto& [from, next] = stack.back();
      if (next == from->succ_end()) {
        mark[from->getBlockID()] = kDone;
        stack.pop_back();
        continue;
      }
      const clang::CFGBlock* to = (next++)->getReachableBlock();
      if (to == nullptr) continue;
      if (mark[to->getBlockID()] == kOpen) {
        back_edges.push_back({from, to});
      } else if (mark[to->getBlockID()] == kNew) {
        mark[to->getBlockID()] = kOpen;
        stack.push_back({to, to->succ_begin()});
      }
    }
  };
  visit(&cfg_->getEntry());
  for (const auto& [statement, block] : handlers_) visit(block);

  for (const auto& [from, head] : back_edges) {
    auto known =
        llvm::find_if(loops_, [&, target = head](const Loop& loop) { return loop.head == target; });
    if (known == loops_.end()) {
      Loop made;
      made.head = head;
      made.blocks.resize(cfg_->getNumBlockIDs());
      made.blocks.set(head->getBlockID());
      known = loops_.insert(loops_.end(), made);
    }
    llvm::SmallVector<const clang::CFGBlock*, 16> work = {from};
    while (!work.empty()) {
      const clang::CFGBlock* block = work.pop_back_val();
      if (known->blocks.test(block->getBlockID())) continue;
      known->blocks.set(block->getBlockID());
      for (const clang::CFGBlock* before : block->preds()) {
        if (before != nullptr) work.push_back(before);
      }
    }
  }
  for (Loop& loop : loops_) {
    looping_ |= loop.blocks;
    for (const clang::CFGBlock* block : *cfg_) {
      if (!loop.blocks.test(block->getBlockID())) continue;
      for (const clang::CFGElement& element : *block) {
        if (const auto statement = element.getAs<clang::CFGStmt>()) {
          collect_assigned(statement->getStmt(), loop.assigned);
        }
      }
      const bool leaves = llvm::any_of(block->succs(), [&](const clang::CFGBlock* next) {
        return next != nullptr && !loop.blocks.test(next->getBlockID());
      });
      if (leaves && block->getTerminatorStmt() != nullptr)
        collect_tested(block->getLastCondition(), loop.tested);
    }
  }
}

const Loop* FunctionContext::loop_at(const clang::CFGBlock* head) const {
  const auto at = llvm::find_if(loops_, [&](const Loop& loop) { return loop.head == head; });
  return at == loops_.end() ? nullptr : &*at;
}

const clang::CXXTryStmt* FunctionContext::enclosing_try(const clang::Stmt* where) const {
  const clang::Stmt* child = where;
  for (const clang::Stmt* up = parent(where); up != nullptr; child = up, up = parent(up)) {
    const auto* statement = llvm::dyn_cast<clang::CXXTryStmt>(up);
    if (statement != nullptr && statement->getTryBlock() == child) return statement;
  }
  return nullptr;
}

const clang::CFGBlock* FunctionContext::handlers_of(const clang::CXXTryStmt* statement) const {
  return handlers_.lookup(statement);
}

std::vector<const clang::VarDecl*> FunctionContext::unwound(
    const clang::Stmt* where, const clang::CXXTryStmt* handler) const {
  std::vector<const clang::VarDecl*> variables;
  const auto declare = [&](const clang::Stmt* statement) {
    const auto* declared = llvm::dyn_cast_or_null<clang::DeclStmt>(statement);
    if (declared == nullptr) return;
    for (const clang::Decl* decl : llvm::reverse(llvm::to_vector(declared->decls()))) {
      const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl);
      if (variable != nullptr && variable->hasLocalStorage()) variables.push_back(variable);
    }
  };
  const clang::Stmt* child = where;
  for (const clang::Stmt* up = parent(where); up != nullptr && up != handler;
       child = up, up = parent(up)) {
    if (const auto* block = llvm::dyn_cast<clang::CompoundStmt>(up)) {
      std::vector<const clang::Stmt*> before;
      for (const clang::Stmt* statement : block->body()) {
        if (statement == child) break;
        before.push_back(statement);
      }
      for (const clang::Stmt* statement : llvm::reverse(before)) declare(statement);
    } else if (const auto* range = llvm::dyn_cast<clang::CXXForRangeStmt>(up)) {
      if (child == range->getBody()) declare(range->getLoopVarStmt());
    } else if (!llvm::isa<clang::DeclStmt, clang::Expr>(up)) {
      for (const clang::Stmt* part : up->children()) {
        if (part == child) break;
        declare(part);
      }
    }
  }
  return variables;
}

const clang::Stmt* FunctionContext::innermost_loop(const clang::Stmt* statement) const {
  for (const clang::Stmt* up = parent(statement); up != nullptr; up = parent(up)) {
    if (llvm::isa<clang::ForStmt, clang::WhileStmt, clang::DoStmt, clang::CXXForRangeStmt>(up))
      return up;
  }
  return nullptr;
}

}  // namespace sluice::checker
