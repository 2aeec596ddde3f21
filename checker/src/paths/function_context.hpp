// One function with its control-flow graph and what the engine asks about its text: loops, try
// blocks, what each constructor constructs. Knows no states.
#pragma once

#include <memory>
#include <vector>

#include "clang/AST/ExprCXX.h"
#include "clang/AST/ParentMap.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "paths/liveness.hpp"
#include "unit.hpp"

namespace sluice::checker {

struct Loop {
  const clang::CFGBlock* head = nullptr;
  llvm::BitVector blocks;                       // by block id
  std::vector<const clang::Expr*> tested;       // what the conditions that leave the loop read
  std::vector<const clang::VarDecl*> assigned;  // variables that change in it
};

class FunctionContext {
 public:
  FunctionContext(Unit& unit, const clang::FunctionDecl* function);

  // Null when clang can not build a graph for this function.
  clang::CFG* cfg() const { return cfg_.get(); }
  const clang::FunctionDecl* function() const { return function_; }
  const FunctionFacts& facts() const { return facts_; }
  // An exception may not leave: the function is noexcept, or nobody above could catch it.
  bool contains_exceptions() const { return contains_exceptions_; }

  bool in_loop(const clang::CFGBlock* block) const { return looping_.test(block->getBlockID()); }
  const Loop* loop_at(const clang::CFGBlock* head) const;
  llvm::ArrayRef<Loop> loops() const { return loops_; }
  const Liveness& liveness() const { return *liveness_; }

  // Where the object lives that this expression constructs.
  const Value* constructed(const clang::CXXConstructExpr* made) const;
  // A call that decides whether a lock is taken; it is believed to answer the same when it is asked
  // again.
  bool is_stable(const clang::FunctionDecl* callee) const {
    return stable_.contains(callee->getCanonicalDecl());
  }
  // An acquisition in a loop that takes the locks of many objects, none of which the loop releases.
  bool takes_many(const clang::Expr* site) const { return takes_many_.contains(site); }
  // The function releases such locks at another place: in a loop of its own, usually.
  bool releases_many(const clang::Expr* site) const { return takes_many_.lookup(site); }

  // The try statement whose block contains `where`; null when an exception leaves the function.
  const clang::CXXTryStmt* enclosing_try(const clang::Stmt* where) const;
  const clang::CFGBlock* handlers_of(const clang::CXXTryStmt* statement) const;
  // Variables that are destroyed when an exception goes from `where` to `handler`, in that order.
  std::vector<const clang::VarDecl*> unwound(const clang::Stmt* where,
                                             const clang::CXXTryStmt* handler) const;

  const clang::Stmt* parent(const clang::Stmt* statement) const {
    return parents_->getParent(statement);
  }
  // The loop or switch that a `break` or `continue` belongs to, or the innermost loop around any
  // statement.
  const clang::Stmt* innermost_loop(const clang::Stmt* statement) const;

 private:
  void find_loops();
  void find_targets();
  void find_idioms();

  Unit& unit_;
  const clang::FunctionDecl* function_;
  const FunctionFacts& facts_;
  std::unique_ptr<clang::ParentMap> parents_;
  std::unique_ptr<clang::CFG> cfg_;
  bool contains_exceptions_ = false;
  llvm::BitVector looping_;
  std::vector<Loop> loops_;
  std::unique_ptr<Liveness> liveness_;
  llvm::DenseMap<const clang::CXXConstructExpr*, const Value*> targets_;
  llvm::DenseMap<const clang::Stmt*, const clang::CFGBlock*> handlers_;
  llvm::DenseSet<const clang::FunctionDecl*> stable_;
  llvm::DenseMap<const clang::Expr*, bool> takes_many_;
};

// The declaration that a lock is known by, whatever object it is in: the last field, variable or
// function of the expression or place. Null when there is none.
const void* shape_of(const clang::Expr* lock);
const void* shape_of(const Value* place);

}  // namespace sluice::checker
