// Tells wrappers from mistakes.
#include "checks/by_design.hpp"

#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ASTContext.h"
#include "syntax.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

bool has_word(llvm::StringRef name, llvm::ArrayRef<llvm::StringLiteral> wanted) {
  const auto words = words_of(name);
  return llvm::any_of(words, [&](const std::string& word) {
    return llvm::any_of(wanted, [&](llvm::StringRef each) { return word == each; });
  });
}

constexpr llvm::StringLiteral kLockWords[] = {"lock",   "trylock", "rdlock",  "wrlock", "acquire",
                                              "locks",  "rlock",   "wlock",   "lockall", "relock"};
// Words of functions that begin something which another function ends.
constexpr llvm::StringLiteral kBeginWords[] = {"begin", "enter", "start", "hold",   "grab",  "take",   "claim",
                                               "open",  "pause", "freeze", "suspend", "block", "prepare", "get",
                                               "setup", "init", "create", "stop", "disable", "prefork", "fork"};
constexpr llvm::StringLiteral kLockClassWords[] = {"lock", "mutex", "guard", "latch", "locker", "semaphore"};

const Value* returned_value(const PathExit& exit) {
  for (const auto& [place, content] : exit.state.memory()) {
    if (place->kind == ValueKind::temporary && place->tag == nullptr) return content;
  }
  return nullptr;
}

}  // namespace

ByDesign::ByDesign(Unit& unit) : unit_(unit) {
  for (const clang::FunctionDecl* function : unit.lock_functions()) {
    const FunctionPaths& paths = unit.paths(function);
    for (const clang::FunctionDecl* callee : unit.facts(function)->callees) called_.insert(callee->getCanonicalDecl());
    relied_on_.insert(paths.relied_on.begin(), paths.relied_on.end());
    for (const void* shape : paths.released) ++balanced_in_[shape];
    for (const PathExit& exit : paths.exits) {
      for (const HeldLock& lock : exit.state.locks) {
        if (lock.balance < 0) released_for_others_.insert(shape_of(lock.place));
        // A caller that leaves held what a callee took passes the callee's design on.
        if (lock.balance > 0 && lock.through != nullptr && is_lock_function(function)) {
          relied_on_.insert(lock.through->getCanonicalDecl());
        }
      }
    }
  }
}

bool ByDesign::is_lock_function(const clang::FunctionDecl* function) const {
  if (has_lock_attribute(function) || llvm::isa<clang::CXXConstructorDecl>(function)) return true;
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->getParent()->isLambda()) {
    // A lambda is named by the variable that holds it, which relied_on speaks for.
    return false;
  }
  if (function->getIdentifier() != nullptr && has_word(function->getName(), kLockWords)) return true;
  return method != nullptr && has_word(method->getParent()->getName(), kLockClassWords);
}

bool ByDesign::is_private_to_unit(const clang::FunctionDecl* function) const {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  return !function->isExternallyVisible() || (method != nullptr && method->getParent()->isLambda());
}

// A result that is a success exactly when the lock is held: `if (!try_begin()) return false; ... return true;`.
bool ByDesign::result_tells(const FunctionPaths& paths, const Ends& ends) const {
  if (ends.free.empty() || ends.held.empty()) return false;
  Range held = ends.held.front()->result;
  Range free = ends.free.front()->result;
  for (const PathExit* exit : ends.held) held = held.hull(exit->result);
  for (const PathExit* exit : ends.free) free = free.hull(exit->result);
  const clang::QualType type = paths.context.function()->getReturnType();
  if (type->isVoidType()) return false;
  const bool is_answer = type->isBooleanType() || type->isPointerType() || type->isRecordType();
  if (is_answer) return held.excludes_zero() && free.is_zero();
  if (!held.intersect(free).empty()) return false;
  if (held.is_zero()) return true;                        // 0 for success, an error code otherwise
  return held.low() > 0 && free.high() <= 0;              // a count, a handle, or 1 for success
}

// The lock belongs to what is returned: `conn *get_locked(int id)`.
bool ByDesign::returns_owner(const Ends& ends, const Value* place) const {
  return !ends.held.empty() && llvm::all_of(ends.held, [&](const PathExit* exit) {
    const Value* result = returned_value(*exit);
    return result != nullptr && result->kind != ValueKind::constant && result->kind != ValueKind::self &&
           place->mentions(result);
  });
}

// Whether all code that could release the lock is in this unit.
bool ByDesign::nobody_else_can_release(const FunctionPaths& paths, const Value* place) const {
  if (paths.context.facts().spawner != nullptr) return true;
  for (const Value* part = place; part != nullptr; part = part->base()) {
    if (part->kind == ValueKind::variable) {
      const auto* variable = llvm::cast<clang::VarDecl>(part->decl());
      return !llvm::isa<clang::ParmVarDecl>(variable) && !variable->isExternallyVisible() &&
             !variable->getType()->isPointerType() && !variable->getType()->isReferenceType();
    }
    if (part->kind != ValueKind::field) continue;
    const auto* field = llvm::cast<clang::FieldDecl>(part->decl());
    const auto* owner = llvm::dyn_cast<clang::CXXRecordDecl>(field->getParent());
    if (owner == nullptr || field->getAccess() == clang::AS_public || !owner->friends().empty()) continue;
    // Only its methods can; are all of them here?
    return llvm::all_of(owner->methods(), [](const clang::CXXMethodDecl* method) {
      return method->isImplicit() || method->isDeleted() || method->isDefaulted() || method->isDefined();
    });
  }
  return false;
}

bool ByDesign::leaves_held(const FunctionPaths& paths, const Value* place) const {
  const clang::FunctionDecl* function = paths.context.function();
  const void* shape = shape_of(place);
  if (shape == nullptr) return true;
  if (is_lock_function(function) || relied_on_.contains(function->getCanonicalDecl())) return true;
  Ends ends;
  for (const PathExit& exit : paths.exits) {
    const bool held = llvm::any_of(exit.state.locks, [&](const HeldLock& lock) {
      return lock.balance > 0 && !lock.by_guard && (lock.place == place || shape_of(lock.place) == shape);
    });
    if (exit.kind == ExitKind::throws) {
      ends.throws_held |= held;
    } else {
      (held ? ends.held : ends.free).push_back(&exit);
    }
  }
  if (returns_owner(ends, place)) return true;
  // Callers here that never release what the function left them do not know of such a design.
  const bool callers_are_known =
      is_private_to_unit(function) && called_.contains(function->getCanonicalDecl());
  if (result_tells(paths, ends) && !callers_are_known) return true;

  const bool releases = paths.released.contains(shape);
  if (releases && !ends.free.empty()) return false;
  if (releases && ends.held.empty()) return false;  // Only an exception leaves with it.

  // No path releases it, or none that leaves. Taking it may be all that the function is for.
  if (ends.held.empty()) return true;
  const bool begins = function->getIdentifier() != nullptr && has_word(function->getName(), kBeginWords);
  if (begins || released_for_others_.contains(shape)) return true;
  if (nobody_else_can_release(paths, place) || callers_are_known) return false;
  // Others could; but the rest of this file shows that its functions keep their locks to themselves.
  const auto balanced = balanced_in_.find(shape);
  return balanced == balanced_in_.end() || balanced->second < 2 || ends.free.empty() == false;
}

}  // namespace sluice::checker
