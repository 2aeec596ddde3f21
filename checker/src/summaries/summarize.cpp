// Turns the ends of a function's paths into what a caller can know of them.
#include "clang/AST/DeclCXX.h"
#include "paths/function_paths.hpp"
#include "summaries/summary.hpp"

namespace sluice::checker {
namespace {

// More outcomes than this are joined into fewer, or calls of the function would multiply the states
// of its callers.
constexpr std::size_t kMostOutcomes = 6;
constexpr std::size_t kMostWrites = 16;

// Variables of the function itself mean nothing to a caller, save parameters, whose values at entry
// are arguments.
bool is_own(const Value* variable, const clang::FunctionDecl* function) {
  const clang::DeclContext* scope = variable->decl()->getDeclContext();
  return llvm::cast<clang::VarDecl>(variable->decl())->hasLocalStorage() && scope != nullptr &&
         scope->Equals(function);
}

class Summarizer {
 public:
  Summarizer(Values& values, const FunctionPaths& paths)
      : values_(values), function_(paths.context.function()), paths_(paths) {}

  Summary run() {
    summary_.releases_unnamed = paths_.releases_unnamed;
    for (const PathExit& exit : paths_.exits) {
      add(outcome_of(exit));
      for (const HeldLock& lock : exit.state.locks) {
        if (lock.balance < 0 && !means_something(lock.place)) summary_.releases_unnamed = true;
      }
    }
    return std::move(summary_);
  }

 private:
  bool means_something(const Value* value) const {
    return means_something_to_callers(value, function_);
  }

  Outcome outcome_of(const PathExit& exit) const {
    Outcome outcome;
    outcome.throws = exit.kind == ExitKind::throws;
    outcome.result = exit.result;
    for (const Fact& fact : exit.state.facts()) {
      if (means_something(fact.subject)) outcome.conditions.push_back({fact.subject, fact.range});
    }
    for (const HeldLock& lock : exit.state.locks) {
      LockEffect effect{lock.place, lock.balance, lock.shared, lock.by_guard, lock.recursive};
      if (means_something(lock.place)) {
        outcome.effects.push_back(effect);
      } else if (lock.balance > 0 && !lock.by_guard) {
        effect.place = from_result(exit, lock.place);
        if (effect.place != nullptr) outcome.result_effects.push_back(effect);
      }
    }
    for (const HeldLock& lock : exit.state.taken) {
      if (means_something(lock.place))
        outcome.takes.push_back({lock.place, 1, lock.shared, lock.by_guard, lock.recursive});
    }
    for (const auto& [place, content] : exit.state.memory()) {
      if (!means_something(place) || outcome.writes.size() >= kMostWrites) continue;
      if (content->kind == ValueKind::load && content->base() == place) continue;
      outcome.writes.push_back({place, means_something(content) ? content : values_.unknown()});
    }
    return outcome;
  }

  // `place` by way of what the function returns; null when that does not lead there.
  const Value* from_result(const PathExit& exit, const Value* place) const {
    const Value* slot = values_.result_slot();
    const Value* returned = exit.state.content(values_, slot);
    if (exit.kind != ExitKind::returns || returned->kind == ValueKind::constant) return nullptr;
    const Value* named = values_.replace(
        place, [&](const Value* part) { return part == returned ? values_.load(slot) : nullptr; });
    return means_something(named) ? named : nullptr;
  }

  void add(Outcome made) {
    for (Outcome& known : summary_.outcomes) {
      if (known.throws != made.throws || !(known.effects == made.effects) ||
          !(known.result_effects == made.result_effects))
        continue;
      const bool full = summary_.outcomes.size() >= kMostOutcomes;
      if (!full && !(known.result == made.result && known.writes == made.writes &&
                     known.takes == made.takes))
        continue;
      join(known, made);
      return;
    }
    summary_.outcomes.push_back(std::move(made));
  }

  void join(Outcome& known, const Outcome& made) const {
    known.result = known.result.hull(made.result);
    llvm::SmallVector<Condition, 4> conditions;
    for (const Condition& condition : known.conditions) {
      const auto same = llvm::find_if(made.conditions, [&](const Condition& other) {
        return other.subject == condition.subject;
      });
      if (same == made.conditions.end()) continue;
      const Range both = condition.range.hull(same->range);
      if (!both.is_all()) conditions.push_back({condition.subject, both});
    }
    known.conditions = std::move(conditions);
    // What only one of them takes it may take under a condition that is no longer told.
    llvm::erase_if(known.takes,
                   [&](const LockEffect& take) { return !llvm::is_contained(made.takes, take); });
    for (Write& write : known.writes) {
      if (!llvm::is_contained(made.writes, write)) write.content = values_.unknown();
    }
    for (const Write& write : made.writes) {
      const bool listed = llvm::any_of(
          known.writes, [&](const Write& other) { return other.place == write.place; });
      if (!listed) known.writes.push_back({write.place, values_.unknown()});
    }
  }

  Values& values_;
  const clang::FunctionDecl* function_;
  const FunctionPaths& paths_;
  Summary summary_;
};

}  // namespace

bool means_something_to_callers(const Value* value, const clang::FunctionDecl* function) {
  switch (value->kind) {
    case ValueKind::opaque:
    case ValueKind::temporary:
    case ValueKind::unknown:
      return false;
    case ValueKind::load:
      if (value->base()->kind == ValueKind::temporary) return value->base()->tag == nullptr;
      if (value->base()->kind == ValueKind::variable) {
        return llvm::isa<clang::ParmVarDecl>(value->base()->decl()) ||
               !is_own(value->base(), function);
      }
      break;
    case ValueKind::variable:
      return !is_own(value, function);
    default:
      break;
  }
  return llvm::all_of(
      value->parts, [&](const Value* part) { return means_something_to_callers(part, function); });
}

Summary summarize(Values& values, const FunctionPaths& paths) {
  return Summarizer(values, paths).run();
}

}  // namespace sluice::checker
