// Scoped guards of the vocabulary: which locks an object holds is kept in the state's memory, under
// the object's place.
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "paths/transfer.hpp"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

enum class Tag : std::uint8_t { none, defer, adopt, try_now };

Tag tag_of(clang::QualType type) {
  const clang::CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  if (record == nullptr || record->getIdentifier() == nullptr) return Tag::none;
  const llvm::StringRef name = record->getName();
  if (name == "defer_lock_t") return Tag::defer;
  if (name == "adopt_lock_t") return Tag::adopt;
  if (name == "try_to_lock_t" || name == "duration" || name == "time_point") return Tag::try_now;
  return Tag::none;
}

// The type of lock that a method of a guard is about, as far as its class tells.
const clang::CXXRecordDecl* type_guarded(const clang::Expr* site) {
  const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(site);
  const auto* record = call == nullptr ? nullptr
                                       : llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(
                                             call->getMethodDecl()->getParent());
  if (record == nullptr || record->getTemplateArgs().size() == 0) return nullptr;
  const clang::TemplateArgument& first = record->getTemplateArgs()[0];
  if (first.getKind() != clang::TemplateArgument::Type) return nullptr;
  return first.getAsType()->getAsCXXRecordDecl();
}

}  // namespace

// The locks that a guard made on this path manages, owned or not.
llvm::SmallVector<const Value*, 2> Transfer::guarded(const State& state, const Value* guard) {
  llvm::SmallVector<const Value*, 2> locks;
  if (guard->has_unknown) return locks;
  for (int i = 0;; ++i) {
    const Value* slot = values_.guard_lock(guard, i);
    const Value* held = state.content(values_, slot);
    if (slot->has_unknown || (held->kind == ValueKind::load && held->base() == slot)) return locks;
    locks.push_back(values_.deref(held));
  }
}

void Transfer::construct_guard(const clang::CXXConstructExpr* made, const GuardType& type,
                               State state, States& out) {
  const Value* guard = context_.constructed(made);
  state.forget_inside(guard);
  const Value* owns = values_.guard_owns(guard);
  Tag tag = Tag::none;
  llvm::SmallVector<const Value*, 2> locks;
  bool recursive = false;
  for (const clang::Expr* argument : made->arguments()) {
    const Tag given = tag_of(argument->getType());
    if (given != Tag::none) {
      tag = given;
    } else if (const Value* place = eval_.target(state, argument)) {
      locks.push_back(place);
      recursive |= unit_.vocabulary().may_be_recursive(
          argument->getType().getNonReferenceType()->getAsCXXRecordDecl());
    }
  }
  if (made->getConstructor()->isCopyOrMoveConstructor() && locks.size() == 1) {
    move_guard(state, guard, locks[0], made);
    out.push_back(std::move(state));
    return;
  }
  if (locks.empty()) {
    state.store(owns, values_.constant(0));
    out.push_back(std::move(state));
    return;
  }
  for (std::size_t i = 0; i < locks.size(); ++i) {
    if (locks[i]->has_unknown) continue;
    state.store(values_.guard_lock(guard, static_cast<std::int64_t>(i)), values_.address(locks[i]));
  }
  if (tag == Tag::defer || tag == Tag::try_now) {
    State idle = state;
    idle.store(owns, values_.constant(0));
    out.push_back(std::move(idle));
    if (tag == Tag::defer) return;
  }
  state.store(owns, values_.constant(1));
  for (const Value* place : locks) {
    if (tag == Tag::adopt) {
      HeldLock* held = place->has_unknown ? nullptr : state.find_lock(place);
      if (held != nullptr && held->balance > 0) held->by_guard = true;
    } else {
      acquire(state, place,
              {.site = made,
               .shared = type.shared,
               .by_guard = true,
               .recursive = recursive,
               .tries = tag == Tag::try_now});
    }
  }
  out.push_back(std::move(state));
}

void Transfer::move_guard(State& state, const Value* to, const Value* from,
                          const clang::Stmt* site) {
  if (to->has_unknown) return;
  state.forget_inside(to);
  if (from->has_unknown) {
    state.store(values_.guard_owns(to), fresh(state, site, to));
    return;
  }
  const Value* from_owns = values_.guard_owns(from);
  state.store(values_.guard_owns(to), state.content(values_, from_owns));
  for (int i = 0;; ++i) {
    const Value* slot = values_.guard_lock(from, i);
    const Value* held = state.content(values_, slot);
    if (slot->has_unknown || (i > 0 && held->kind == ValueKind::load && held->base() == slot))
      break;
    state.store(values_.guard_lock(to, i), held);
  }
  state.store(from_owns, values_.constant(0));
}

void Transfer::lock_guarded(State& state, const Value* guard, const GuardType& type,
                            const clang::Expr* site, bool tries) {
  const bool recursive = unit_.vocabulary().may_be_recursive(type_guarded(site));
  if (guard->has_unknown) return;
  auto locks = guarded(state, guard);
  // A guard that came from elsewhere: its lock has a name all the same.
  if (locks.empty())
    locks.push_back(values_.deref(state.content(values_, values_.guard_lock(guard, 0))));
  for (const Value* place : locks) {
    acquire(state, place,
            {.site = site,
             .shared = type.shared,
             .by_guard = true,
             .recursive = recursive,
             .tries = tries});
  }
  state.store(values_.guard_owns(guard), values_.constant(1));
}

void Transfer::release_guarded(State& state, const Value* guard, const clang::Stmt* site) {
  if (guard->has_unknown) return;
  const Range owns = state.range(state.content(values_, values_.guard_owns(guard)));
  const auto locks = guarded(state, guard);
  for (const Value* place : locks) {
    HeldLock* held = place->has_unknown ? nullptr : state.find_lock(place);
    if (owns.excludes_zero()) {
      release(state, place, site);
    } else if (!owns.is_zero() && held != nullptr && held->by_guard) {
      forget_lock(state, place);
    }
  }
  state.store(values_.guard_owns(guard), values_.constant(0));
}

void Transfer::guard_call(const Call& call, GuardMethod method, State state, States& out) {
  const Value* guard = call.object;
  const auto* record = llvm::cast<clang::CXXMethodDecl>(call.callee)->getParent();
  const GuardType& type = *unit_.vocabulary().guard(record);
  const Value* owns = values_.guard_owns(guard);
  switch (method) {
    case GuardMethod::lock:
      lock_guarded(state, guard, type, call.site);
      break;
    case GuardMethod::try_lock: {
      State failed = state;
      failed.set_result(call.site, values_.constant(0));
      out.push_back(std::move(failed));
      lock_guarded(state, guard, type, call.site, /*tries=*/true);
      state.set_result(call.site, values_.constant(1));
      break;
    }
    case GuardMethod::unlock: {
      auto locks = guarded(state, guard);
      if (locks.empty())
        locks.push_back(values_.deref(state.content(values_, values_.guard_lock(guard, 0))));
      for (const Value* place : locks) release(state, place, call.site);
      if (!guard->has_unknown) state.store(owns, values_.constant(0));
      break;
    }
    case GuardMethod::release: {
      const auto locks = guarded(state, guard);
      for (const Value* place : locks) {
        if (HeldLock* held = place->has_unknown ? nullptr : state.find_lock(place))
          held->by_guard = false;
      }
      if (!guard->has_unknown) state.store(owns, values_.constant(0));
      if (locks.size() == 1) state.set_result(call.site, values_.address(locks[0]));
      break;
    }
    case GuardMethod::owns:
      state.set_result(call.site, state.content(values_, owns));
      break;
    case GuardMethod::mutex:
      state.set_result(call.site, state.content(values_, values_.guard_lock(guard, 0)));
      break;
    case GuardMethod::none:
      break;
  }
  out.push_back(std::move(state));
}

}  // namespace sluice::checker
