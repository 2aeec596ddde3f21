// Follows all paths through a function. States that arrive at a block are kept apart while they are
// few; beyond that, those that hold the same locks are joined, so that what is forgotten is never
// whether a lock is held.
#include <algorithm>
#include <set>

#include "clang/Analysis/Analyses/PostOrderCFGView.h"
#include "paths/function_paths.hpp"
#include "paths/transfer.hpp"

namespace sluice::checker {
namespace {

// States kept apart at one block: before anything is locked, in a loop, and otherwise; how many
// lock configurations there can be before the function is given up; how often a block may be gone
// through. Chosen so that a run stays near the cost of a parse.
struct Limits {
  std::size_t unlocked;
  std::size_t in_loop;
  std::size_t others;
};
constexpr Limits kCareful = {6, 8, 20};
// For functions that are too large to be followed like that: what holds the same locks is one
// state.
constexpr Limits kCoarse = {1, 1, 1};
constexpr std::size_t kMostStates = 48;
constexpr std::size_t kVisitsPerBlock = 60;
constexpr std::size_t kMostVisits = 60000;
constexpr unsigned kLongName = 6;

bool is_shared_place(const Value* place) {
  while (place->kind == ValueKind::field || place->kind == ValueKind::element)
    place = place->base();
  if (place->kind == ValueKind::deref) return true;
  return place->kind == ValueKind::variable &&
         !llvm::cast<clang::VarDecl>(place->decl())->hasLocalStorage();
}

// Whether there are more such locks, one for each index or object.
bool is_one_of_many(const Value* place) {
  if (place->has_opaque || place->kind == ValueKind::element) return true;
  return place->base() != nullptr && is_one_of_many(place->base());
}

// A state that has come to a block.
struct Seen {
  State state;
  bool waits = false;  // has not been followed from there yet
};

class Walker {
 public:
  Walker(Unit& unit, FunctionPaths& paths, const Limits& limits)
      : limits_(limits),
        values_(unit.values()),
        paths_(paths),
        cfg_(*paths.context.cfg()),
        transfer_(unit, paths) {}

  void run() {
    number_blocks();
    seen_.resize(cfg_.getNumBlockIDs());
    arrive(nullptr, &cfg_.getEntry(), State());
    const std::size_t limit = std::min(kMostVisits, kVisitsPerBlock * cfg_.size() + 2000);
    for (std::size_t visits = 0; !queue_.empty() && !paths_.gave_up; ++visits) {
      if (visits > limit) paths_.gave_up = true;
      const unsigned id = queue_.begin()->second;
      const auto is_waiting = [](const Seen& each) { return each.waits; };
      std::vector<Seen>& seen = seen_[id];
      const auto next = std::find_if(seen.rbegin(), seen.rend(), is_waiting);
      next->waits = false;
      if (llvm::none_of(seen, is_waiting)) queue_.erase(queue_.begin());
      visit(blocks_[id], next->state);
    }
  }

 private:
  void number_blocks() {
    blocks_.resize(cfg_.getNumBlockIDs());
    order_.assign(cfg_.getNumBlockIDs(), cfg_.getNumBlockIDs());
    for (const clang::CFGBlock* block : cfg_) blocks_[block->getBlockID()] = block;
    unsigned number = 0;
    clang::PostOrderCFGView view(&cfg_);
    for (const clang::CFGBlock* block : view) order_[block->getBlockID()] = number++;
  }

  void visit(const clang::CFGBlock* block, State state) {
    transfer_.enter(block);
    States states;
    States after;
    states.push_back(std::move(state));
    for (const clang::CFGElement& element : *block) {
      if (Transfer::is_idle(element)) continue;
      for (State& each : states) transfer_.element(element, std::move(each), after);
      for (Raised& raised : transfer_.take_raised()) {
        if (raised.handler == nullptr) {
          leave(ExitKind::throws, raised.where, std::move(raised.state));
        } else {
          arrive(block, raised.handler, std::move(raised.state));
        }
      }
      states.swap(after);
      after.clear();
    }
    if (block->hasNoReturnElement()) return;
    for (State& each : states) follow(block, std::move(each));
  }

  void follow(const clang::CFGBlock* block, State state) {
    const clang::Stmt* terminator = block->getTerminatorStmt();
    if (!block->getTerminator().isStmtBranch() || terminator == nullptr) {
      for (const clang::CFGBlock* next : block->succs()) arrive(block, next, state);
      return;
    }
    if (const auto* choice = llvm::dyn_cast<clang::SwitchStmt>(terminator)) {
      follow_switch(block, choice, state);
      return;
    }
    if (block->succ_size() == 2 && !llvm::isa<clang::CXXTryStmt, clang::GCCAsmStmt>(terminator)) {
      follow_branch(block, terminator, std::move(state));
      return;
    }
    if (llvm::isa<clang::BreakStmt, clang::ContinueStmt, clang::GotoStmt>(terminator) &&
        state.holds_by_hand()) {
      state.trace = paths_.step(StepKind::jumped, terminator, state.trace);
    }
    for (const clang::CFGBlock* next : block->succs()) arrive(block, next, state);
  }

  void follow_branch(const clang::CFGBlock* block, const clang::Stmt* terminator, State state) {
    const clang::Expr* condition = block->getLastCondition();
    if (condition == nullptr)
      condition = llvm::dyn_cast_or_null<clang::Expr>(block->getTerminatorCondition());
    // Within an expression, what its parts have returned is still wanted.
    const bool ends_expression = !llvm::isa<clang::Expr>(terminator);
    for (const bool truth : {true, false}) {
      const clang::CFGBlock* next = *(block->succ_begin() + (truth ? 0 : 1));
      if (next == nullptr) continue;
      State taken = state;
      if (!transfer_.evaluator().assume(taken, condition, truth)) continue;
      if (ends_expression) taken.end_full_expression();
      if (condition != nullptr && taken.holds_by_hand()) {
        taken.trace =
            paths_.step(truth ? StepKind::took_true : StepKind::took_false, condition, taken.trace);
      }
      arrive(block, next, std::move(taken));
    }
  }

  void follow_switch(const clang::CFGBlock* block, const clang::SwitchStmt* choice,
                     const State& state) {
    Evaluator& evaluator = transfer_.evaluator();
    const Value* value = evaluator.value(state, choice->getCond());
    const auto bounds = [&](const clang::CaseStmt* label) {
      const Value* low = evaluator.value(state, label->getLHS());
      const Value* high =
          label->getRHS() == nullptr ? low : evaluator.value(state, label->getRHS());
      const bool known = low->kind == ValueKind::constant && high->kind == ValueKind::constant;
      return known ? Range::between(low->number, high->number) : Range::all();
    };
    for (const clang::CFGBlock* next : block->succs()) {
      if (next == nullptr) continue;
      State taken = state;
      taken.end_full_expression();
      bool possible = true;
      if (const auto* label = llvm::dyn_cast_or_null<clang::CaseStmt>(next->getLabel())) {
        possible = taken.assume(value, bounds(label));
      } else {
        for (const clang::SwitchCase* each = choice->getSwitchCaseList();
             each != nullptr && possible; each = each->getNextSwitchCase()) {
          const auto* other = llvm::dyn_cast<clang::CaseStmt>(each);
          const Range range = other == nullptr ? Range::all() : bounds(other);
          if (range.is_single()) possible = taken.assume(value, Range::except(range.low()));
        }
      }
      if (!possible) continue;
      if (taken.holds_by_hand() && next->getLabel() != nullptr) {
        taken.trace = paths_.step(StepKind::took_case, next->getLabel(), taken.trace);
      }
      arrive(block, next, std::move(taken));
    }
  }

  void arrive(const clang::CFGBlock* from, const clang::CFGBlock* to, State state) {
    if (to == nullptr) return;
    if (to == &cfg_.getExit()) {
      leave(state.returned_at != nullptr ? ExitKind::returns : ExitKind::falls_off,
            state.returned_at, std::move(state));
      return;
    }
    const Loop* loop = paths_.context.loop_at(to);
    if (loop != nullptr && from != nullptr && loop->blocks.test(from->getBlockID()))
      go_round(*loop, state);
    // Where states meet, those that differ in what no longer matters are to be one.
    if (to->pred_size() > 1) state.forget_dead(paths_.context.liveness(), to);

    std::vector<Seen>& seen = seen_[to->getBlockID()];
    if (llvm::any_of(seen, [&](const Seen& known) { return known.state == state; })) return;
    const std::size_t apart = state.locks.empty() ? limits_.unlocked
                              : loop != nullptr   ? limits_.in_loop
                                                  : limits_.others;
    if (seen.size() >= apart) {
      for (Seen& known : seen) {
        if (!known.state.same_locks(state)) continue;
        if (known.state.join(values_, state, to)) {
          paths_.forgot |= !state.locks.empty();
          wait(to, known);
        }
        return;
      }
    }
    if (seen.size() >= kMostStates) {
      paths_.gave_up = true;
      return;
    }
    seen.push_back({std::move(state)});
    wait(to, seen.back());
  }

  // What is joined to a state that waits already goes on with it.
  void wait(const clang::CFGBlock* block, Seen& seen) {
    seen.waits = true;
    queue_.insert({order_[block->getBlockID()], block->getBlockID()});
  }

  // The state comes to the head of a loop again.
  void go_round(const Loop& loop, State& state) {
    // What the loop waits for changes while it runs, or it would never end.
    for (const clang::Expr* tested : loop.tested) {
      const Value* place = transfer_.evaluator().place(state, tested);
      if (place->has_unknown || !is_shared_place(place)) continue;
      const Value* content = state.content(values_, place);
      if (content->kind != ValueKind::load && content->kind != ValueKind::opaque) continue;
      const bool names_lock = llvm::any_of(
          state.locks, [&](const HeldLock& lock) { return lock.place->mentions(content); });
      if (!names_lock) state.store(place, state.fresh(values_, loop.head, place, true));
    }
    // What was released in this round for somebody else is behind us: the next round has other
    // objects.
    llvm::SmallVector<const Value*, 2> behind;
    for (const HeldLock& lock : state.locks) {
      if (lock.balance < 0 && is_one_of_many(lock.place)) behind.push_back(lock.place);
    }
    for (const Value* place : behind) {
      paths_.released_in_rounds.insert(shape_of(place));
      state.erase_lock(place);
    }
    // A pointer that walks along a list gets a name again, instead of a longer one each round.
    for (const clang::VarDecl* variable : loop.assigned) {
      const Value* where = values_.variable(variable);
      const Value* content = state.content(values_, where);
      if (content->depth <= kLongName) continue;
      const bool names_lock = llvm::any_of(
          state.locks, [&](const HeldLock& lock) { return lock.place->mentions(content); });
      if (!names_lock) state.store(where, state.fresh(values_, loop.head, where, true));
    }
    // A lock that is held across rounds is named after the variable that leads to it, whatever
    // chain of pointers that variable has walked along: hand-over-hand locking comes to the same
    // state each time.
    for (const clang::VarDecl* variable : loop.assigned) {
      if (paths_.context.liveness().is_dead(loop.head, variable)) continue;
      const Value* where = values_.variable(variable);
      const Value* content = state.content(values_, where);
      if (content->kind == ValueKind::constant || content->has_unknown) continue;
      const Value* name = values_.opaque(loop.head, where);
      const bool names_lock = llvm::any_of(state.locks, [&](const HeldLock& lock) {
        return lock.balance > 0 && lock.place->mentions(content);
      });
      if (!names_lock || content == name) continue;
      state.fresh(values_, loop.head, where, true);
      const Value* renamed = state.content(values_, where);
      state.rename(values_, [&](const Value* value) { return value == renamed ? name : nullptr; });
    }
  }

  void leave(ExitKind kind, const clang::Stmt* where, State state) {
    const Value* slot = values_.result_slot();
    const Value* returned = state.content(values_, slot);
    const Range result = kind == ExitKind::returns && returned->kind != ValueKind::load
                             ? state.range(returned)
                             : Range::all();
    state.forget_dead(paths_.context.liveness(), &cfg_.getExit());
    for (PathExit& known : paths_.exits) {
      if (known.kind == kind && known.where == where && known.result == result &&
          known.state == state)
        return;
    }
    if (paths_.exits.size() > kMostVisits / 100) {
      paths_.gave_up = true;
      return;
    }
    paths_.exits.push_back({kind, where, std::move(state), result});
  }

  const Limits& limits_;
  Values& values_;
  FunctionPaths& paths_;
  clang::CFG& cfg_;
  Transfer transfer_;
  std::vector<const clang::CFGBlock*> blocks_;
  std::vector<unsigned> order_;
  std::vector<std::vector<Seen>> seen_;
  std::set<std::pair<unsigned, unsigned>> queue_;
};

}  // namespace

std::unique_ptr<FunctionPaths> walk_paths(Unit& unit, const clang::FunctionDecl* function,
                                          bool doubts_names) {
  std::unique_ptr<FunctionPaths> paths;
  for (const Limits& limits : {kCareful, kCoarse}) {
    paths = std::make_unique<FunctionPaths>(unit, function, doubts_names);
    paths->gave_up = paths->context.cfg() == nullptr;
    if (paths->gave_up) break;
    Walker(unit, *paths, limits).run();
    if (!paths->gave_up) break;
  }
  return paths;
}

}  // namespace sluice::checker
