// Taking and releasing locks.
#include "paths/transfer.hpp"

namespace sluice::checker {
namespace {

bool surely_different(const Value* a, const Value* b);

bool surely_different_pointers(const Value* a, const Value* b) {
  if (a == b) return false;
  const auto is_given = [](const Value* pointer) {
    return pointer->kind == ValueKind::self ||
           (pointer->kind == ValueKind::load && pointer->base()->kind == ValueKind::variable);
  };
  if (is_given(a) && is_given(b)) return true;
  return a->kind == ValueKind::load && b->kind == ValueKind::load &&
         surely_different(a->base(), b->base());
}

// Two places that the programmer would call different objects. Two pointers that came from memory
// may be one.
bool surely_different(const Value* a, const Value* b) {
  if (a == b || a->kind != b->kind) return false;
  switch (a->kind) {
    case ValueKind::variable:
      return true;
    case ValueKind::field:
      return a->tag != b->tag || surely_different(a->base(), b->base());
    case ValueKind::element:
      if (surely_different(a->base(), b->base())) return true;
      return a->parts[1]->kind == ValueKind::constant && b->parts[1]->kind == ValueKind::constant &&
             a->parts[1] != b->parts[1];
    case ValueKind::deref:
      return surely_different_pointers(a->base(), b->base());
    default:
      return false;
  }
}

// A try for a lock that this path has itself, not for reading together.
bool surely_refused(State& state, const Value* place, bool shared, bool recursive) {
  const HeldLock* held = place->has_unknown ? nullptr : state.find_lock(place);
  return held != nullptr && held->balance > 0 && !recursive && !held->recursive && !held->again &&
         !place->has_opaque && !(held->shared && shared);
}

}  // namespace

// Whether the result goes to a function that is not seen, such as that behind EXPECT_TRUE: what
// becomes of it can't be told.
bool Transfer::is_told_elsewhere(const clang::Expr* site) {
  for (const clang::Stmt* at = context_.parent(site); at != nullptr; at = context_.parent(at)) {
    const clang::FunctionDecl* callee = nullptr;
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(at)) {
      callee = call->getDirectCallee();
      if (callee == nullptr) return true;
      if (callee->getBuiltinID() != 0) continue;
    } else if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(at)) {
      callee = made->getConstructor();
    } else if (llvm::isa<clang::CastExpr, clang::ParenExpr, clang::FullExpr,
                         clang::MaterializeTemporaryExpr, clang::CXXBindTemporaryExpr>(at)) {
      continue;
    } else if (const auto* step = llvm::dyn_cast<clang::UnaryOperator>(at);
               step != nullptr && step->getOpcode() == clang::UO_LNot) {
      continue;  // EXPECT_FALSE
    } else {
      return false;
    }
    return unit_.facts(callee) == nullptr;
  }
  return false;
}

void Transfer::acquire(State& state, const Value* place, const Taking& taking) {
  if (place->has_unknown) return;
  if (taking.site != nullptr && context_.takes_many(taking.site)) {
    if (context_.releases_many(taking.site)) return;
    // A round of a loop that takes the next of many locks. They are one to us, or their number
    // would have no end.
    const HeldLock* before =
        llvm::find_if(state.locks, [&](const HeldLock& lock) { return lock.site == taking.site; });
    if (before != state.locks.end()) forget_lock(state, before->place);
  }
  HeldLock* known = state.find_lock(place);
  if (known != nullptr && known->balance < 0) {
    if (taking.through != nullptr) paths_.relied_on.insert(taking.through->getCanonicalDecl());
    if (++known->balance == 0) state.erase_lock(place);
    return;
  }
  if (known != nullptr) {
    ask_again(state, *known, taking);
    known->again = true;
    state.forget_taken(place);
    if (taking.recursive || taking.shared) {
      // Deeper than this means a loop; counting on would never end.
      known->balance = std::min(known->balance + 1, 3);
    } else if (known->site == taking.site && !known->by_guard && !taking.by_guard) {
      paths_.relocks.push_back({*known, taking.site, state.trace});
      state.trace = paths_.step(StepKind::locked, taking.site, state.trace);
      known->since = state.trace;
    }
    return;
  }
  if (!taking.tries) note_order(state, place, taking);
  HeldLock& entry = state.lock_entry(place);
  entry.balance = 1;
  entry.shared = taking.shared;
  entry.by_guard = taking.by_guard;
  entry.recursive = taking.recursive;
  entry.again = false;
  entry.site = taking.site;
  entry.how = taking.how;
  entry.through = taking.through;
  entry.came_with = nullptr;
  state.trace = paths_.step(StepKind::locked, taking.site, state.trace);
  entry.since = state.trace;
  if (!taking.tries) state.note_taken(entry);
}

void Transfer::note_order(const State& state, const Value* place, const Taking& taking) {
  TakenUnder order{{}, place, taking.shared, taking.site, taking.through};
  for (const HeldLock& lock : state.locks) {
    if (lock.balance > 0) order.held.push_back(lock);
  }
  if (order.held.empty()) return;
  const bool known = llvm::any_of(paths_.taken_under, [&](const TakenUnder& each) {
    return each.site == order.site && each.place == place &&
           std::equal(each.held.begin(), each.held.end(), order.held.begin(), order.held.end(),
                      [](const HeldLock& a, const HeldLock& b) { return a.place == b.place; });
  });
  if (!known) paths_.taken_under.push_back(std::move(order));
}

void Transfer::ask_again(const State& state, const HeldLock& held, const Taking& taking) {
  if (taking.tries || taking.recursive || held.recursive) return;
  // The next round of a loop is another matter; and one of many may be another one each time.
  if (held.site == taking.site || held.place->has_opaque) return;
  paths_.double_locks.push_back({held, taking.site, taking.through, taking.shared, state.trace});
}

// A call that does nothing else.
void Transfer::release_by_call(State& state, const Value* place, const clang::CallExpr* site,
                               const LockFunction& row, const void* shape) {
  const HeldLock* held = place->has_unknown ? nullptr : state.find_lock(place);
  // Some locks have one word for both.
  const bool other_word = held != nullptr && held->how != nullptr && !held->how->release.empty() &&
                          !row.name.ends_with("::" + std::string(held->how->release));
  if (other_word && held->balance > 0 && row.lock == kObject && held->shared != row.shared &&
      !held->by_guard && !held->again && !held->how->tries()) {
    paths_.wrong_unlocks.push_back({*held, site, state.trace});
  }
  const HeldLock* taken = place->has_unknown || held != nullptr ? nullptr : state.find_taken(place);
  const bool may_be_other = llvm::any_of(
      state.locks, [&](const HeldLock& lock) { return shape_of(lock.place) == shape_of(place); });
  if (taken != nullptr && taken->maybe_released) {
    // It had not.
    paths_.released.insert(shape_of(place));
    state.forget_taken(place);
    return;
  }
  if (taken != nullptr && !taken->recursive && !may_be_other && !place->has_opaque) {
    paths_.double_unlocks.push_back({*taken, site, state.trace});
  }
  release(state, place, site, shape);
}

void Transfer::release(State& state, const Value* place, const clang::Stmt* site,
                       const void* shape) {
  if (!place->has_unknown) shape = shape_of(place);
  const auto drop = [&](const HeldLock& lock) {
    paths_.released.insert(shape_of(lock.place));
    // Who locks it again does not know that it is held.
    if (lock.through != nullptr && !lock.again)
      paths_.relied_on.insert(lock.through->getCanonicalDecl());
    state.trace = paths_.step(StepKind::unlocked, site, state.trace);
  };
  HeldLock* exact = place->has_unknown ? nullptr : state.find_lock(place);
  if (exact != nullptr && exact->balance > 0) {
    drop(*exact);
    if (--exact->balance == 0) state.erase_lock(place);
    state.outdate(values_, place, site);
    return;
  }
  // Not under this name. A held lock that may be the same object is the one that is meant; a
  // release that can not be told apart from others at all releases whatever is held by hand.
  llvm::SmallVector<const Value*, 2> candidates;
  for (const HeldLock& lock : state.locks) {
    if (lock.balance <= 0) continue;
    const bool may_be = shape == nullptr
                            ? !lock.by_guard
                            : shape_of(lock.place) == shape && !surely_different(lock.place, place);
    if (may_be) candidates.push_back(lock.place);
  }
  for (const Value* candidate : candidates) {
    drop(*state.find_lock(candidate));
    forget_lock(state, candidate);
    state.outdate(values_, candidate, site);
  }
  if (!candidates.empty() || place->has_unknown) return;
  HeldLock& entry = state.lock_entry(place);
  entry.balance = std::max(entry.balance - 1, -2);
}

bool Transfer::lock_call(const Call& call, const LockFunction& row, State state, States& out) {
  llvm::SmallVector<const Value*, 2> places;
  llvm::SmallVector<const Value*, 2> guards;
  const auto add = [&](const clang::Expr* argument) {
    const Value* place = eval_.target(state, argument);
    const clang::CXXRecordDecl* record =
        argument->getType().getNonReferenceType()->getAsCXXRecordDecl();
    if (place == nullptr) place = values_.unknown();
    (unit_.vocabulary().guard(record) != nullptr ? guards : places).push_back(place);
  };
  const void* shape = nullptr;
  if (row.lock >= 0 && row.lock < static_cast<int>(call.arguments.size()))
    shape = shape_of(call.arguments[row.lock]);
  if (row.lock == kObject) {
    const auto* method = llvm::dyn_cast<clang::CXXMemberCallExpr>(call.site);
    if (method != nullptr) shape = shape_of(method->getImplicitObjectArgument());
    if (call.object != nullptr) places.push_back(call.object);
  } else if (row.lock == kNamed) {
    places.push_back(values_.variable(unit_.named_lock({row.named.data(), row.named.size()})));
    shape = shape_of(places.front());
  } else if (row.lock == kAllArguments) {
    for (const clang::Expr* argument : call.arguments) add(argument);
  } else if (row.lock < static_cast<int>(call.arguments.size())) {
    add(call.arguments[row.lock]);
  }

  if (row.effect == Effect::keep) {
    // Others have run in the meantime: what the lock protects may have changed.
    for (const Value* guard : guards) {
      for (const Value* place : guarded(state, guard)) state.outdate(values_, place, call.site);
    }
    for (const Value* place : places) state.outdate(values_, place, call.site);
    state.set_result(call.site, fresh(state, call.site));
    out.push_back(std::move(state));
    return true;
  }
  if (row.effect == Effect::release) {
    for (const Value* place : places) {
      release_by_call(state, place, llvm::cast<clang::CallExpr>(call.site), row, shape);
    }
    state.set_result(call.site, values_.constant(0));
    out.push_back(std::move(state));
    return true;
  }

  const Taking taking{.site = call.site,
                      .how = &row,
                      .shared = row.shared,
                      .recursive = row.recursive,
                      .tries = row.tries()};
  State failed = state;
  // Whoever asked may have got it.
  if (row.tries()) {
    for (const Value* place : places) failed.forget_taken(place);
  }
  if (row.tries() && is_told_elsewhere(call.site)) {
    failed.set_result(call.site, fresh(failed, call.site));
    out.push_back(std::move(failed));
    return true;
  }
  const bool may_succeed = !row.tries() || llvm::none_of(places, [&](const Value* place) {
    return surely_refused(state, place, taking.shared, taking.recursive);
  });
  for (const Value* place : places) acquire(state, place, taking);
  for (const Value* guard : guards) lock_guarded(state, guard, {}, call.site);
  switch (row.success) {
    case Success::always:
      break;
    case Success::if_true:
      state.set_result(call.site, values_.constant(1));
      failed.set_result(call.site, values_.constant(0));
      break;
    case Success::if_zero:
    case Success::if_minus_one: {
      const int success = row.success == Success::if_zero ? 0 : -1;
      state.set_result(call.site, values_.constant(success));
      const Value* error = failed.fresh(values_, call.site, nullptr, may_repeat_);
      failed.set_result(call.site, error);
      failed.assume(error, Range::except(success));
      break;
    }
  }
  if (may_succeed) {
    out.push_back(std::move(state));
  } else if (row.success == Success::always) {
    return true;
  }
  // A result that nobody looks at was expected to be success; discarding a try-lock's is another
  // check's business.
  const clang::Stmt* parent = context_.parent(call.site);
  const bool is_looked_at =
      parent != nullptr &&
      llvm::isa<clang::Expr, clang::DeclStmt, clang::ReturnStmt, clang::IfStmt, clang::WhileStmt,
                clang::DoStmt, clang::ForStmt, clang::SwitchStmt>(parent);
  const bool is_void_cast = parent != nullptr && llvm::isa<clang::CastExpr>(parent) &&
                            llvm::cast<clang::Expr>(parent)->getType()->isVoidType();
  if (row.success != Success::always && ((is_looked_at && !is_void_cast) || !may_succeed))
    out.push_back(std::move(failed));
  return true;
}

}  // namespace sluice::checker
