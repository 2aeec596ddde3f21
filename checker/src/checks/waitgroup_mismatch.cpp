// A WaitGroup of a function's own that is told another number than that of its goroutines, and one
// of the file's own that nobody is ever done with.
#include <set>

#include "checks/own_names.hpp"
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "checks/uses.hpp"
#include "clang/AST/ASTContext.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-waitgroup-mismatch";

struct Count {
  HowOften added{0, 0};
  HowOften done{0, 0};
  const Site* wait = nullptr;
  bool always_waits = false;
  bool numbers_are_known = true;
  const Site* last_add = nullptr;
  const Site* last_done = nullptr;
};

void sum(HowOften& total, const HowOften& often, std::int64_t by) {
  total.least = std::min(total.least + often.least * by, HowOften::kManyTimes);
  total.most = std::min(total.most + often.most * by, HowOften::kManyTimes);
}

// What the call adds; nothing when that is not a constant.
std::optional<std::int64_t> added_by(Unit& unit, const Site& add) {
  clang::Expr::EvalResult delta;
  if (add.arguments().size() != 1 || !add.arguments()[0]->EvaluateAsInt(delta, unit.context()))
    return std::nullopt;
  return delta.Val.getInt().getExtValue();
}

// Whether adding may take away: what is below 0 does, and what is not known may, unless it is all
// that is ever added.
bool may_take_away(Unit& unit, llvm::ArrayRef<const Site*> calls) {
  unsigned adds = 0;
  unsigned unknown = 0;
  for (const Site* call : calls) {
    if (call->api != Api::group_add) continue;
    ++adds;
    const std::optional<std::int64_t> delta = added_by(unit, *call);
    if (!delta) ++unknown;
    if (delta && *delta < 0) return true;
  }
  return unknown > 0 && adds > 1;
}

// Whether the variable is the group, or the first pointer to one that it makes.
bool is_group_itself(const clang::VarDecl& variable) {
  const clang::QualType type = variable.getType();
  if (llvm::isa<clang::ParmVarDecl>(variable) || type->isPointerType() || type->isReferenceType())
    return false;
  const auto* made = llvm::dyn_cast_or_null<clang::CallExpr>(
      variable.hasInit() ? strip(variable.getInit()) : nullptr);
  const clang::FunctionDecl* maker = made == nullptr ? nullptr : made->getDirectCallee();
  const std::string name = maker == nullptr ? "" : plain_name(maker);
  return made == nullptr || name == "std::make_shared" || name == "std::make_unique";
}

class WaitGroupMismatch : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    std::set<const clang::ValueDecl*> seen;
    for (const Site& add : unit.sites()) {
      if (add.api != Api::group_add) continue;
      const clang::ValueDecl* named = named_by(object_of(add));
      if (is_shared(named, add) && is_known_here_alone(named, unit.sources()) &&
          seen.insert(named).second) {
        judge_shared(unit, add, named, sink);
      }
      const clang::VarDecl* group = variable_of(object_of(add));
      const clang::FunctionDecl* owner = owner_of(group);
      if (owner == nullptr || !is_group_itself(*group) || !seen.insert(group).second) continue;
      const std::optional<Count> count = count_of(unit, owner, group);
      if (count) judge(unit, *group, *count, sink);
    }
  }

 private:
  // Whether it is a group that more than one function has a name for, and no pointer to one.
  static bool is_shared(const clang::ValueDecl* named, const Site& add) {
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(add.callee);
    if (named == nullptr || method == nullptr ||
        named->getType()->getAsCXXRecordDecl() != method->getParent())
      return false;
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(named);
    return llvm::isa<clang::FieldDecl>(named) ||
           (variable != nullptr && variable->hasGlobalStorage());
  }

  // A member or a global: how often each call is made is not known, but whether there is any, and
  // which goroutine is counted for.
  static void judge_shared(Unit& unit, const Site& add, const clang::ValueDecl* group, Sink& sink) {
    std::vector<const Site*> calls;
    Count count;
    for (const Site& site : unit.sites()) {
      if (named_by(object_of(site)) != group) continue;
      calls.push_back(&site);
      // wg.go() counts for itself, and may be for all that is added.
      if (site.api == Api::spawn) return;
      if (site.api == Api::group_done) count.last_done = &site;
      if (site.api == Api::join) count.wait = &site;
    }
    if (count.wait == nullptr || may_take_away(unit, calls) ||
        calls.size() != mentions_here(unit, group))
      return;
    count.last_add = &add;
    if (count.last_done != nullptr) {
      judge_counted(unit, calls, *group, *count.wait, sink);
      return;
    }
    report_wait(count, "'" + group->getNameAsString() + nobody_is_done("goroutines"), sink);
  }

  // A goroutine that is counted for where it starts.
  struct Counted {
    const Site* add;
    const clang::LambdaExpr* body;
    bool is_done = false;
  };

  static const clang::LambdaExpr* started_next(Unit& unit, const Site& add) {
    const clang::Stmt* next = place_of(add).next;
    for (const Site& spawn : unit.sites()) {
      if (next == nullptr || spawn.api != Api::spawn || place_of(spawn).statement != next) continue;
      for (const clang::Expr* argument : spawn.arguments()) {
        if (const clang::LambdaExpr* body = lambda_within(argument)) return body;
      }
    }
    return nullptr;
  }

  // If each add() is for the goroutine that starts next, then each of these owes its own done().
  static void judge_counted(Unit& unit, llvm::ArrayRef<const Site*> calls,
                            const clang::ValueDecl& group, const Site& wait, Sink& sink) {
    llvm::SmallVector<Counted, 4> counted;
    for (const Site* call : calls) {
      if (call->api != Api::group_add) continue;
      const clang::LambdaExpr* body = started_next(unit, *call);
      if (body == nullptr || discarded(*call) == nullptr || added_by(unit, *call) != 1) return;
      counted.push_back({call, body});
    }
    for (const Site* call : calls) {
      if (call->api != Api::group_done) continue;
      auto* const owner = llvm::find_if(counted, [&](const Counted& each) {
        return llvm::is_contained(call->around, each.body);
      });
      if (owner == counted.end() || owner->is_done || loop_around(*call) != nullptr) return;
      owner->is_done = true;
    }
    for (const Counted& each : counted) {
      if (each.is_done) continue;
      Finding finding;
      finding.check = kName;
      finding.location = each.add->expression->getExprLoc();
      finding.message = "'" + group.getNameAsString() +
                        "' is told of the goroutine that starts next, which never calls 'done' as "
                        "the others do: who waits for it waits for ever";
      finding.notes.push_back({each.body->getBeginLoc(), "the goroutine"});
      finding.notes.push_back({wait.expression->getExprLoc(), "waited for here"});
      sink.report(finding);
    }
  }

  static std::string nobody_is_done(const std::string& told) {
    return "' is told of " + told + ", and nobody calls 'done'";
  }

  // Nothing when somebody else may count, too.
  static std::optional<Count> count_of(Unit& unit, const clang::FunctionDecl* owner,
                                       const clang::VarDecl* group) {
    const auto calls = calls_about(unit, owner, group);
    if (!calls || may_take_away(unit, *calls)) return std::nullopt;
    Count count;
    for (const Site* call : *calls) {
      const HowOften often = how_often(unit, *call, owner);
      switch (call->api) {
        case Api::group_add: {
          const std::optional<std::int64_t> delta = added_by(unit, *call);
          count.numbers_are_known &= delta.has_value();
          if (delta) sum(count.added, often, std::min(*delta, HowOften::kManyTimes));
          count.last_add = call;
          break;
        }
        case Api::group_done:
          sum(count.done, often, 1);
          count.last_done = call;
          break;
        case Api::join:
          if (call->function != owner) count.numbers_are_known = false;
          count.always_waits |= often.least > 0;
          count.wait = call;
          break;
        case Api::spawn:
          break;  // counts for itself
        default:
          return std::nullopt;
      }
    }
    return count;
  }

  static void judge(Unit& unit, const clang::VarDecl& group, const Count& count, Sink& sink) {
    const std::string name = "'" + group.getNameAsString() + "'";
    const bool waits = count.wait != nullptr && (count.wait->function != count.last_add->function ||
                                                 comes_before(unit, *count.last_add, *count.wait));
    if (waits && count.last_done == nullptr && (count.added.most > 0 || !count.numbers_are_known)) {
      const bool is_certain = count.numbers_are_known && count.added.least == count.added.most;
      const std::string told = is_certain ? std::to_string(count.added.least) : "goroutines";
      report_wait(count, "'" + group.getNameAsString() + nobody_is_done(told), sink);
      return;
    }
    if (!count.numbers_are_known) return;
    if (waits && count.always_waits && count.done.is_bounded() &&
        count.added.least > count.done.most) {
      report_wait(count,
                  name + " is told of " + std::to_string(count.added.least) +
                      ", and 'done' is called " + std::to_string(count.done.most) +
                      (count.done.most == 1 ? " time" : " times") + " at most",
                  sink);
    }
    if (count.last_done != nullptr && count.added.is_bounded() &&
        count.done.least > count.added.most) {
      Finding finding;
      finding.check = kName;
      finding.location = count.last_done->expression->getExprLoc();
      finding.message = name + " is told of " + std::to_string(count.added.most) +
                        ", and 'done' is called " + std::to_string(count.done.least) +
                        " times: the last one panics";
      finding.notes.push_back({count.last_add->expression->getExprLoc(), "added here"});
      sink.report(finding);
    }
  }

  static void report_wait(const Count& count, const std::string& why, Sink& sink) {
    Finding finding;
    finding.check = kName;
    finding.location = count.wait->expression->getExprLoc();
    finding.message = why + ": this waits for ever";
    finding.notes.push_back({count.last_add->expression->getExprLoc(), "added here"});
    sink.report(finding);
  }
};

}  // namespace

std::unique_ptr<Check> make_waitgroup_mismatch() { return std::make_unique<WaitGroupMismatch>(); }

}  // namespace sluice::checker
