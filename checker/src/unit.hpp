// One translation unit with what all checks share about it: its functions, the paths through them,
// their summaries. Works everything out on demand and once.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "library.hpp"
#include "llvm/ADT/DenseMap.h"
#include "paths/value.hpp"
#include "vocabulary/api.hpp"
#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {

class FunctionPaths;
struct Summary;

// What a single look at the body of a function tells.
struct FunctionFacts {
  const clang::FunctionDecl* definition = nullptr;
  // Whatever it names, constructors and destructors included; and of those, what it calls.
  std::vector<const clang::FunctionDecl*> callees;
  std::vector<const clang::FunctionDecl*> called;
  std::vector<const clang::CXXThrowExpr*> throws;
  bool mentions_lock = false;
  const Spawner* spawner = nullptr;  // set for the body of a goroutine or thread
};

// A call, or the making of an object, that some check asks about.
struct Site {
  const clang::Expr* expression = nullptr;
  const clang::FunctionDecl* callee = nullptr;
  Api api = Api::none;
  const LockFunction* lock = nullptr;  // what it does to a lock, if anything
  const GuardType* guard = nullptr;    // what it makes, if that holds locks for a scope
  // What it is a part of, outermost first: across lambdas, up to the outermost function's body.
  llvm::SmallVector<const clang::Stmt*, 12> around;
  const clang::FunctionDecl* function = nullptr;  // the innermost; a lambda is one

  llvm::ArrayRef<const clang::Expr*> arguments() const;
};

class Unit {
 public:
  // `configuration` may be null, and lives longer.
  Unit(clang::ASTContext& context, bool strict_exceptions, const Configuration* configuration);
  ~Unit();

  clang::ASTContext& context() { return context_; }
  const clang::SourceManager& sources() const { return context_.getSourceManager(); }
  Vocabulary& vocabulary() { return vocabulary_; }
  // Every call that is not noexcept is taken to be a way out.
  bool strict_exceptions() const { return strict_exceptions_; }
  Values& values() { return values_; }
  // Once the file is parsed.
  const Library& library();

  // Functions with a body outside of libraries that have to do with locks, in source order.
  const std::vector<const clang::FunctionDecl*>& lock_functions();
  // All functions with a body outside of libraries, in source order.
  const std::vector<const clang::FunctionDecl*>& functions();
  // In source order; in templates, once an instantiation.
  const std::vector<Site>& sites();

  // The lock that functions lock which are not told one: the variable of that name, or what stands
  // for it where this unit has none.
  const clang::VarDecl* named_lock(llvm::StringRef name);

  // Whether mutexes of this shape are made here, and are of the kind that is not recursive.
  bool is_plain_posix_mutex(const void* shape);

  // Null when there is no body to look at, or only that of a template.
  const FunctionFacts* facts(const clang::FunctionDecl* function);
  // Whether another file may have the body.
  bool is_elsewhere(const clang::FunctionDecl* function);
  // Whether the function or something it calls in this unit touches a lock.
  bool touches_locks(const clang::FunctionDecl* function);

  const FunctionPaths& paths(const clang::FunctionDecl* function);
  // Null when nothing is known about what the function does to locks.
  const Summary* summary(const clang::FunctionDecl* function);

  // Whether a call may leave by an exception that this unit's code throws.
  bool surely_may_throw(const clang::FunctionDecl* function);
  // Whether a call may park the goroutine that makes it, for a channel, a lock or anything else of
  // the runtime's.
  bool may_park(const clang::FunctionDecl* function);
  // Whether a call never comes back.
  bool never_returns(const clang::FunctionDecl* function);

 private:
  void collect();

  clang::ASTContext& context_;
  Vocabulary vocabulary_;
  ApiTable api_;
  Values values_;
  std::optional<Library> library_;
  bool strict_exceptions_;
  bool collected_ = false;
  int depth_ = 0;  // of functions being analysed inside each other
  std::vector<const clang::FunctionDecl*> order_;
  std::vector<const clang::FunctionDecl*> lock_functions_;
  std::vector<Site> sites_;
  llvm::StringMap<const clang::VarDecl*> named_locks_;
  llvm::DenseMap<const void*, bool> posix_mutexes_;
  llvm::DenseMap<const clang::FunctionDecl*, std::unique_ptr<FunctionFacts>> facts_;
  llvm::DenseMap<const clang::FunctionDecl*, bool> touches_;
  llvm::DenseMap<const clang::FunctionDecl*, bool> throws_;
  llvm::DenseMap<const clang::FunctionDecl*, bool> never_returns_;
  llvm::DenseMap<const clang::FunctionDecl*, bool> parks_;
  llvm::DenseMap<const clang::FunctionDecl*, std::unique_ptr<FunctionPaths>> paths_;
  llvm::DenseMap<const clang::FunctionDecl*, std::unique_ptr<Summary>> summaries_;
};

}  // namespace sluice::checker
