// One translation unit with what all checks share about it: its functions, the paths through them,
// their summaries. Works everything out on demand and once.
#pragma once

#include <memory>
#include <vector>

#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"
#include "paths/value.hpp"
#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {

class FunctionPaths;
struct Summary;

// What a single look at the body of a function tells.
struct FunctionFacts {
  const clang::FunctionDecl* definition = nullptr;
  std::vector<const clang::FunctionDecl*> callees;  // constructors and destructors included
  std::vector<const clang::CXXThrowExpr*> throws;
  bool mentions_lock = false;
  const Spawner* spawner = nullptr;  // set for the body of a goroutine or thread
};

class Unit {
 public:
  Unit(clang::ASTContext& context, bool strict_exceptions);
  ~Unit();

  clang::ASTContext& context() { return context_; }
  const clang::SourceManager& sources() const { return context_.getSourceManager(); }
  Vocabulary& vocabulary() { return vocabulary_; }
  // Every call that is not noexcept is taken to be a way out.
  bool strict_exceptions() const { return strict_exceptions_; }
  Values& values() { return values_; }

  // Functions with a body outside of system headers that have to do with locks, in source order.
  const std::vector<const clang::FunctionDecl*>& lock_functions();

  // Null when there is no body to look at, or only that of a template.
  const FunctionFacts* facts(const clang::FunctionDecl* function);
  // Whether the function or something it calls in this unit touches a lock.
  bool touches_locks(const clang::FunctionDecl* function);

  const FunctionPaths& paths(const clang::FunctionDecl* function);
  // Null when nothing is known about what the function does to locks.
  const Summary* summary(const clang::FunctionDecl* function);

  // Whether a call may leave by an exception that this unit's code throws.
  bool surely_may_throw(const clang::FunctionDecl* function);
  // Whether a call never comes back.
  bool never_returns(const clang::FunctionDecl* function);

 private:
  void collect();

  clang::ASTContext& context_;
  Vocabulary vocabulary_;
  Values values_;
  bool strict_exceptions_;
  bool collected_ = false;
  int depth_ = 0;  // of functions being analysed inside each other
  std::vector<const clang::FunctionDecl*> order_;
  std::vector<const clang::FunctionDecl*> lock_functions_;
  llvm::DenseMap<const clang::FunctionDecl*, std::unique_ptr<FunctionFacts>> facts_;
  llvm::DenseMap<const clang::FunctionDecl*, bool> touches_;
  llvm::DenseMap<const clang::FunctionDecl*, bool> throws_;
  llvm::DenseMap<const clang::FunctionDecl*, bool> never_returns_;
  llvm::DenseMap<const clang::FunctionDecl*, std::unique_ptr<FunctionPaths>> paths_;
  llvm::DenseMap<const clang::FunctionDecl*, std::unique_ptr<Summary>> summaries_;
};

}  // namespace sluice::checker
