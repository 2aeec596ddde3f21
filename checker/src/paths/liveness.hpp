// Which local variables, and which results of calls, are read after each point of a function: a
// state need not remember the others. Knows the graph, and nothing of states.
#pragma once

#include <vector>

#include "clang/AST/ParentMap.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"

namespace sluice::checker {

class FunctionContext;

class Liveness {
 public:
  Liveness(const FunctionContext& context, const clang::ParentMap& parents);

  // Whether control that comes to the block writes the variable before it reads it, if ever.
  bool is_dead(const clang::CFGBlock* block, const clang::VarDecl* variable) const {
    return is_dead_name(block, variable->getCanonicalDecl());
  }
  // The same of what a call, or a step such as `++i`, has resulted in.
  bool is_dead(const clang::CFGBlock* block, const clang::Stmt* expression) const {
    return is_dead_name(block, expression);
  }

 private:
  bool is_dead_name(const clang::CFGBlock* block, const void* name) const {
    const auto at = numbers_.find(name);
    return at != numbers_.end() && !live_[block->getBlockID()].test(at->second);
  }
  void read(const clang::Stmt* statement, llvm::BitVector& live) const;
  void go_back(const clang::CFGBlock& block, llvm::BitVector& live, llvm::BitVector& written) const;

  // Variables and expressions that are followed; all others count as read at the end.
  llvm::DenseMap<const void*, unsigned> numbers_;
  std::vector<llvm::BitVector> live_;  // at the beginning of each block, by its id
};

}  // namespace sluice::checker
