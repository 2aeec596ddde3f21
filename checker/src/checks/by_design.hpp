// Functions that leave a lock held because that is what they are for. Knows the whole unit: what
// callers do with a lock that a function left them says more than the function itself.
#pragma once

#include <vector>

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "paths/function_paths.hpp"
#include "sluice-checker/finding.hpp"

namespace sluice::checker {

class ByDesign {
 public:
  explicit ByDesign(Unit& unit);

  // What is made of exits that hold the lock at `place`.
  enum class Meaning {
    mistake,
    // By what functions of this file do with the lock; those of others may show that it is meant.
    likely_mistake,
    // Nor does this file show that it is not meant: the others decide.
    mistake_if_kept,
    design,
  };
  Meaning leaves_held(const FunctionPaths& paths, const Value* place) const;

  // Whether `callee` leaves a lock of this shape held by mistake: its callers then are not to
  // blame.
  bool is_mistake_of(const clang::FunctionDecl* callee, const void* shape) const;

  // Whether the name, an attribute, or the class of `function` says that it takes locks for others.
  bool is_lock_function(const clang::FunctionDecl* function) const;

  // Whether all its callers are in this unit, and there are some.
  bool has_known_callers(const clang::FunctionDecl* function) const;

  // How many functions of this file take and release such a lock themselves.
  unsigned kept_here(const void* shape) const { return kept_.lookup(shape); }

  // By shape, without names: what functions do with locks.
  llvm::DenseMap<const void*, LockUse> uses() const;

 private:
  struct Ends {
    std::vector<const PathExit*> held;  // normal exits only
    std::vector<const PathExit*> free;
  };

  static Ends ends_of(const FunctionPaths& paths, const void* shape);

  bool result_tells(const FunctionPaths& paths, const Ends& ends, bool has_name_outside) const;
  bool held_comes_last(const Ends& ends) const;
  bool hands_over(const Ends& ends, const void* shape) const;
  bool nobody_else_can_release(const FunctionPaths& paths, const Value* place) const;
  bool takes_last(const clang::FunctionDecl* function, const void* shape) const;
  bool is_private_to_unit(const clang::FunctionDecl* function) const;

  Unit& unit_;
  llvm::DenseSet<const clang::FunctionDecl*> relied_on_;
  llvm::DenseSet<const clang::FunctionDecl*> called_;
  // By shape: locks that some function releases without having taken them, for nobody that this
  // unit shows; and those that a function which says so takes for somebody else.
  llvm::DenseSet<const void*> released_for_others_;
  llvm::DenseSet<const void*> taken_for_others_;
  // Those that a function takes for its callers whose name says that it locks.
  llvm::DenseSet<const void*> taken_by_name_;
  llvm::DenseMap<const void*, unsigned>
      balanced_in_;  // how many functions take and release the lock themselves
  // The same of this file's own functions; other files see the headers' ones themselves.
  llvm::DenseMap<const void*, unsigned> kept_;
};

}  // namespace sluice::checker
