// Tells wrappers from mistakes.
#include "checks/by_design.hpp"

#include <algorithm>

#include "checks/surroundings.hpp"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "summaries/summary.hpp"
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

// `lock`, `trylock`, `mlock`, but not `unlock`, `block` or `clock`.
bool is_lock_word(llvm::StringRef word) {
  static constexpr llvm::StringLiteral kOthers[] = {"block", "clock",    "unlock",
                                                    "flock", "deadlock", "munlock"};
  if (word == "acquire" || word == "locks" || word == "lockall") return true;
  return word.ends_with("lock") && !word.ends_with("unlock") && !llvm::is_contained(kOthers, word);
}

// Words of functions that begin something which another function ends.
constexpr llvm::StringLiteral kBeginWords[] = {
    "begin", "enter", "start",  "hold",    "grab",    "take",    "claim",  "pause", "open",
    "block", "fork",  "freeze", "suspend", "prepare", "prefork", "atfork", "stop",  "disable"};
constexpr llvm::StringLiteral kLockClassWords[] = {"lock",  "mutex",  "guard",
                                                   "latch", "locker", "semaphore"};

bool begins_something(const clang::FunctionDecl* function) {
  return function->getIdentifier() != nullptr && has_word(function->getName(), kBeginWords);
}

// Whether the caller gets to know the object that the lock is in: it is returned, or stored where
// it can be found.
bool gives_owner(const PathExit& exit, const Value* lock) {
  for (const auto& [place, content] : exit.state.memory()) {
    const bool is_result = place->kind == ValueKind::temporary && place->tag == nullptr;
    const Value* root = place;
    while (root->kind == ValueKind::field || root->kind == ValueKind::element) root = root->base();
    if (!is_result && root->kind != ValueKind::deref) continue;
    const bool names_owner =
        content->kind != ValueKind::constant && content->kind != ValueKind::self;
    if (names_owner && !content->has_unknown && lock->mentions(content)) return true;
  }
  return false;
}

// Whether it was asked for and might have been refused: that is what the result then tells.
bool is_tried(llvm::ArrayRef<const PathExit*> held, const void* shape) {
  return llvm::any_of(held, [&](const PathExit* exit) {
    return llvm::any_of(exit->state.locks, [&](const HeldLock& lock) {
      return shape_of(lock.place) == shape && lock.how != nullptr && lock.how->tries();
    });
  });
}

bool calls_something(const clang::Stmt* body) {
  return body != nullptr && (llvm::isa<clang::CallExpr, clang::CXXConstructExpr>(body) ||
                             llvm::any_of(body->children(), calls_something));
}

}  // namespace

ByDesign::ByDesign(Unit& unit) : unit_(unit) {
  llvm::DenseSet<const clang::FunctionDecl*> serves;
  for (const clang::FunctionDecl* function : unit.lock_functions()) {
    const FunctionPaths& paths = unit.paths(function);
    for (const clang::FunctionDecl* callee : unit.facts(function)->callees)
      called_.insert(callee->getCanonicalDecl());
    relied_on_.insert(paths.relied_on.begin(), paths.relied_on.end());
    serves.insert(paths.served_by.begin(), paths.served_by.end());
    const bool is_own = unit.sources().isInMainFile(function->getLocation());
    for (const void* shape : paths.released) {
      ++balanced_in_[shape];
      if (is_own) ++kept_[shape];
    }
  }
  for (const clang::FunctionDecl* function : unit.lock_functions()) {
    const bool says_so = is_lock_function(function) || begins_something(function);
    const FunctionPaths& paths = unit.paths(function);
    released_for_others_.insert(paths.released_in_rounds.begin(), paths.released_in_rounds.end());
    for (const PathExit& exit : paths.exits) {
      for (const HeldLock& lock : exit.state.locks) {
        const void* shape = shape_of(lock.place);
        if (lock.balance < 0 && !serves.contains(function->getCanonicalDecl()))
          released_for_others_.insert(shape);
        if (lock.balance <= 0 || lock.by_guard) continue;
        const Ends ends = ends_of(paths, shape);
        const bool gives = says_so || hands_over(ends, shape) ||
                           result_tells(paths, ends, /*has_name_outside=*/false);
        if (!gives) continue;
        taken_for_others_.insert(shape);
        if (is_lock_function(function)) taken_by_name_.insert(shape);
        // A caller that leaves held what a callee took passes the callee's design on.
        if (lock.through != nullptr && is_lock_function(function)) {
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
  if (function->getIdentifier() != nullptr &&
      llvm::any_of(words_of(function->getName()), is_lock_word))
    return true;
  return method != nullptr && has_word(method->getParent()->getName(), kLockClassWords);
}

bool ByDesign::is_private_to_unit(const clang::FunctionDecl* function) const {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  return !function->isExternallyVisible() || (method != nullptr && method->getParent()->isLambda());
}

bool ByDesign::has_known_callers(const clang::FunctionDecl* function) const {
  return is_private_to_unit(function) && called_.contains(function->getCanonicalDecl());
}

// The success of a function is what its text ends with more often than not; an early return with
// the lock is a slip.
bool ByDesign::held_comes_last(const Ends& ends) const {
  const clang::SourceManager& sources = unit_.sources();
  const auto is_before = [&](const PathExit* a, const PathExit* b) {
    if (a->where == nullptr || b->where == nullptr) return b->where == nullptr;
    return sources.isBeforeInTranslationUnit(a->where->getBeginLoc(), b->where->getBeginLoc());
  };
  const PathExit* last_held = *std::max_element(ends.held.begin(), ends.held.end(), is_before);
  const PathExit* last_free = *std::max_element(ends.free.begin(), ends.free.end(), is_before);
  return !is_before(last_held, last_free);
}

// A result that is a success exactly when the lock is held: `if (!try_begin()) return false; ...
// return true;`.
bool ByDesign::result_tells(const FunctionPaths& paths, const Ends& ends,
                            bool has_name_outside) const {
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
  if (held.is_zero() && free.high() < 0)
    return true;  // 0 for success, a negative error code otherwise
  // Conventions differ on what 0 and 1 mean; and a lock that the caller has no name for is hardly
  // meant for it.
  return has_name_outside && (held.is_zero() || (held.low() > 0 && free.high() <= 0)) &&
         held_comes_last(ends);
}

ByDesign::Ends ByDesign::ends_of(const FunctionPaths& paths, const void* shape) {
  Ends ends;
  for (const PathExit& exit : paths.exits) {
    if (exit.kind == ExitKind::throws) continue;
    const bool held = llvm::any_of(exit.state.locks, [&](const HeldLock& lock) {
      return lock.balance > 0 && !lock.by_guard && shape_of(lock.place) == shape;
    });
    (held ? ends.held : ends.free).push_back(&exit);
  }
  return ends;
}

bool ByDesign::hands_over(const Ends& ends, const void* shape) const {
  return !ends.held.empty() && llvm::all_of(ends.held, [&](const PathExit* exit) {
    return llvm::all_of(exit->state.locks, [&](const HeldLock& lock) {
      const bool is_it = lock.balance > 0 && !lock.by_guard && shape_of(lock.place) == shape;
      return !is_it || gives_owner(*exit, lock.place);
    });
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
    if (owner == nullptr || field->getAccess() == clang::AS_public || !owner->friends().empty())
      continue;
    // Only its methods can; are all of them here?
    return llvm::all_of(owner->methods(), [](const clang::CXXMethodDecl* method) {
      return method->isImplicit() || method->isDeleted() || method->isDefaulted() ||
             method->isDefined();
    });
  }
  return false;
}

bool ByDesign::is_mistake_of(const clang::FunctionDecl* callee, const void* shape) const {
  if (unit_.facts(callee) == nullptr) return false;
  const FunctionPaths& paths = unit_.paths(callee);
  for (const PathExit& exit : paths.exits) {
    for (const HeldLock& lock : exit.state.locks) {
      if (lock.balance <= 0 || lock.by_guard || shape_of(lock.place) != shape) continue;
      if (lock.through != nullptr && lock.through != callee && is_mistake_of(lock.through, shape))
        return true;
      const Meaning meaning = leaves_held(paths, lock.place);
      return meaning == Meaning::mistake || meaning == Meaning::likely_mistake;
    }
  }
  return false;
}

bool ByDesign::takes_last(const clang::FunctionDecl* function, const void* shape) const {
  const auto* body = llvm::dyn_cast<clang::CompoundStmt>(function->getBody());
  if (body == nullptr) return false;
  llvm::ArrayRef<const clang::Stmt*> statements(body->body_begin(), body->body_end());
  if (!statements.empty() && llvm::isa<clang::ReturnStmt>(statements.back()) &&
      !calls_something(statements.back()))
    statements = statements.drop_back();
  const clang::Stmt* last = statements.empty() ? nullptr : statements.back();
  // `if (lock() != 0) return -1; return 0;`
  if (const auto* choice = llvm::dyn_cast_or_null<clang::IfStmt>(last)) last = choice->getCond();
  if (!llvm::isa_and_nonnull<clang::Expr, clang::DeclStmt>(last)) return false;
  return llvm::any_of(unit_.sites(), [&](const Site& site) {
    if (site.lock == nullptr || !site.lock->is_acquire() ||
        (site.expression != last && !llvm::is_contained(site.around, last)))
      return false;
    const clang::Expr* object = object_of(site);
    // Of a lock that has a name elsewhere, whoever takes one last is taken to take it.
    return object == nullptr || shape_of(object) == shape;
  });
}

llvm::DenseMap<const void*, LockUse> ByDesign::uses() const {
  llvm::DenseMap<const void*, LockUse> uses;
  for (const auto& [shape, functions] : kept_) uses[shape].kept = functions;
  for (const void* shape : released_for_others_) uses[shape].released = true;
  for (const void* shape : taken_by_name_) uses[shape].taken = true;
  return uses;
}

ByDesign::Meaning ByDesign::leaves_held(const FunctionPaths& paths, const Value* place) const {
  const clang::FunctionDecl* function = paths.context.function();
  const void* shape = shape_of(place);
  if (shape == nullptr) return Meaning::design;
  if (is_lock_function(function) || relied_on_.contains(function->getCanonicalDecl()))
    return Meaning::design;
  const Ends ends = ends_of(paths, shape);
  if (hands_over(ends, shape)) return Meaning::design;
  // Callers here that never release what the function left them do not know of such a design; nor
  // is there one when nobody but this file could release the lock, and nothing in it does.
  const bool callers_are_known = has_known_callers(function);
  const bool is_closed = nobody_else_can_release(paths, place);
  const bool released_elsewhere = released_for_others_.contains(shape);
  const bool never_released = is_closed && !released_elsewhere;
  const bool has_name_outside = means_something_to_callers(place, function);
  // Others could. But what is done under the lock before the end says that it is for this function,
  // and the rest of the file may show that its functions keep their locks to themselves.
  const bool is_for_us = !released_elsewhere && !takes_last(function, shape);
  const bool releases = paths.released.contains(shape);
  const unsigned others = balanced_in_.lookup(shape) - (releases ? 1u : 0u);
  if (!callers_are_known && !never_released && result_tells(paths, ends, has_name_outside)) {
    if (!is_for_us || is_tried(ends.held, shape)) return Meaning::design;
    return others < 2 || begins_something(function) ? Meaning::mistake_if_kept
                                                    : Meaning::likely_mistake;
  }

  if (releases && !ends.free.empty()) return Meaning::mistake;
  if (releases && ends.held.empty()) return Meaning::mistake;  // Only an exception leaves with it.

  // No path releases it, or none that leaves. Taking it may be all that the function is for.
  if (ends.held.empty()) return Meaning::design;
  // Somebody releases it for somebody: for us, unless another function says that it is the partner.
  // What is taken at the very end guards nothing that is done here.
  if (released_elsewhere && (!taken_for_others_.contains(shape) || takes_last(function, shape)))
    return Meaning::design;
  if (never_released || callers_are_known) return Meaning::mistake;
  const Meaning others_decide = is_for_us ? Meaning::mistake_if_kept : Meaning::design;
  if (begins_something(function)) return others_decide;
  if (is_closed) return Meaning::mistake;
  const unsigned signs = balanced_in_.lookup(shape) + (is_for_us ? 2u : 0u);
  if (signs >= (ends.free.empty() ? 2u : 3u)) return Meaning::likely_mistake;
  return others_decide;
}

}  // namespace sluice::checker
