// What one element of a control-flow graph does to a state. An element may end in several states (a
// try-lock that works and one that does not), in none (a call that never returns), or leave by an
// exception.
#pragma once

#include <string>
#include <vector>

#include "paths/evaluator.hpp"
#include "paths/function_paths.hpp"
#include "paths/state.hpp"
#include "summaries/summary.hpp"

namespace sluice::checker {

using States = std::vector<State>;

// A state that goes on at the handler of an exception; a null block is the caller's.
struct Raised {
  const clang::CFGBlock* handler;
  const clang::Stmt* where;
  State state;
};

class Transfer {
 public:
  Transfer(Unit& unit, FunctionPaths& paths)
      : unit_(unit),
        values_(unit.values()),
        paths_(paths),
        context_(paths.context),
        eval_(unit, paths.context) {}

  // The block whose elements come next.
  void enter(const clang::CFGBlock* block) { may_repeat_ = context_.in_loop(block); }
  void element(const clang::CFGElement& element, State state, States& out);
  // Whether the element changes nothing, in any state.
  static bool is_idle(const clang::CFGElement& element);
  Evaluator& evaluator() { return eval_; }
  std::vector<Raised> take_raised() { return std::move(raised_); }

 private:
  // transfer.cpp: statements.
  void statement(const clang::Stmt* statement, State state, States& out);
  void declare(const clang::VarDecl* variable, State& state);
  void assign(const clang::BinaryOperator* assignment, State& state);
  void step(const clang::UnaryOperator* expression, State& state);
  void initialize(const clang::CXXCtorInitializer* init, State& state);
  void return_from(const clang::ReturnStmt* statement, State& state);

  // transfer_calls.cpp: calls of functions.
  struct Call {
    const clang::Expr* site;
    const clang::FunctionDecl* callee;  // null when it is not known
    const Value* object = nullptr;      // where the method's object is
    llvm::SmallVector<const clang::Expr*, 4> arguments;
  };
  void call(const clang::CallExpr* expression, State state, States& out);
  void note_park(const Call& call, const clang::CallExpr* site, const State& state);
  void unknown_call(const Call& call, State& state);
  void forget_reachable(const Call& call, State& state);
  void forget_released_by(const Call& call, State& state);

  // transfer_summaries.cpp: calls of which it is known what they do.
  void forget_elements(State& state);
  bool apply_summary(const Call& call, State state, States& out);
  bool apply_attributes(const Call& call, State state, States& out);
  bool apply_outcome(const Call& call, const Outcome& outcome, const State& before, State& state);
  const Value* result_of(const Call& call, const State& state);
  const Value* rebase(const Call& call, const State& before, const Value* value);

  // transfer_given.cpp: locks that came with an object.
  void take_with_result(const Call& call, const Outcome& outcome, State& state);
  void forget_given(State& state, const Value* given, int depth = 0);
  void forget_given(State& state, const clang::Expr* given, clang::QualType as);
  void forget_given_to(const Call& call, State& state);
  void forget_stored(State& state, const Value* where, const Value* value);
  void forget_parts(State& state, const Value* given, int depth);
  void forget_captured(State& state, const clang::LambdaExpr* lambda, int depth);
  void forget_kept_by(const clang::Stmt* made, State& state);
  bool is_kept(const clang::Expr* made);
  void keep_parts(State& state, const Value* where, const clang::Expr* init);

  // transfer_locks.cpp: locks.
  struct Taking {
    const clang::Expr* site = nullptr;
    const LockFunction* how = nullptr;
    const clang::FunctionDecl* through = nullptr;
    bool shared = false;
    bool by_guard = false;
    bool recursive = false;
    bool tries = false;  // rather than to wait for ever
  };
  void acquire(State& state, const Value* place, const Taking& taking);
  void note_order(const State& state, const Value* place, const Taking& taking);
  // A lock that is held already is asked for.
  void ask_again(const State& state, const HeldLock& held, const Taking& taking);
  // `shape` stands in for a place that has no name here.
  void release(State& state, const Value* place, const clang::Stmt* site,
               const void* shape = nullptr);
  void release_by_call(State& state, const Value* place, const clang::CallExpr* site,
                       const LockFunction& row, const void* shape);
  bool is_told_elsewhere(const clang::Expr* site);
  bool lock_call(const Call& call, const LockFunction& row, State state, States& out);
  void forget_lock(State& state, const Value* place) {
    state.erase_lock(place);
    state.forget_taken(place);
  }

  // transfer_guards.cpp: objects that hold locks for a scope.
  llvm::SmallVector<const Value*, 2> guarded(const State& state, const Value* guard);
  void construct_guard(const clang::CXXConstructExpr* made, const GuardType& type, State state,
                       States& out);
  void guard_call(const Call& call, GuardMethod method, State state, States& out);
  void move_guard(State& state, const Value* to, const Value* from, const clang::Stmt* site);
  void lock_guarded(State& state, const Value* guard, const GuardType& type,
                    const clang::Expr* site, bool tries = false);
  void release_guarded(State& state, const Value* guard, const clang::Stmt* site);

  // transfer_objects.cpp: lives of objects, and exceptions.
  void construct(const clang::CXXConstructExpr* made, State state, States& out);
  void destroy(const Value* place, clang::QualType type, const clang::Expr* init,
               const clang::Stmt* site, States& states, int depth = 0);
  void destroy_variable(const clang::VarDecl* variable, const clang::Stmt* site, States& states);
  void run_callable(const clang::FunctionDecl* callable, const clang::Stmt* site, States& states);
  void object_gone(const Value* place, State& state);
  void raise(State state, const clang::Stmt* where, clang::QualType thrown);
  bool may_throw(const Call& call);

  const Value* fresh(State& state, const void* site, const Value* place = nullptr) {
    return state.fresh(values_, site, place, may_repeat_);
  }

  Unit& unit_;
  Values& values_;
  FunctionPaths& paths_;
  const FunctionContext& context_;
  Evaluator eval_;
  bool may_repeat_ = false;
  std::vector<Raised> raised_;
};

}  // namespace sluice::checker
