// A WaitGroup of a function's own that is told another number than that of its goroutines.
#include <set>

#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "checks/uses.hpp"
#include "clang/AST/ASTContext.h"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-waitgroup-mismatch";

struct Count {
  HowOften added{0, 0};
  HowOften done{0, 0};
  const Site* wait = nullptr;
  const Site* last_add = nullptr;
  const Site* last_done = nullptr;
};

void sum(HowOften& total, const HowOften& often, std::int64_t by) {
  total.least = std::min(total.least + often.least * by, HowOften::kManyTimes);
  total.most = std::min(total.most + often.most * by, HowOften::kManyTimes);
}

class WaitGroupMismatch : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    std::set<const clang::VarDecl*> seen;
    for (const Site& add : unit.sites()) {
      if (add.api != Api::group_add) continue;
      const clang::VarDecl* group = variable_of(object_of(add));
      const clang::FunctionDecl* owner = owner_of(group);
      if (owner == nullptr || llvm::isa<clang::ParmVarDecl>(group) || !seen.insert(group).second)
        continue;
      const std::optional<Count> count = count_of(unit, owner, group);
      if (count) judge(unit, *group, *count, sink);
    }
  }

 private:
  // Nothing when somebody else may count, too.
  static std::optional<Count> count_of(Unit& unit, const clang::FunctionDecl* owner,
                                       const clang::VarDecl* group) {
    const auto calls = calls_about(unit, owner, group);
    if (!calls) return std::nullopt;
    Count count;
    for (const Site* call : *calls) {
      const HowOften often = how_often(unit, *call, owner);
      switch (call->api) {
        case Api::group_add: {
          clang::Expr::EvalResult delta;
          if (call->arguments().size() != 1 ||
              !call->arguments()[0]->EvaluateAsInt(delta, unit.context()) ||
              delta.Val.getInt().isNegative())
            return std::nullopt;
          sum(count.added, often, delta.Val.getInt().getLimitedValue(HowOften::kManyTimes));
          count.last_add = call;
          break;
        }
        case Api::group_done:
          sum(count.done, often, 1);
          count.last_done = call;
          break;
        case Api::join:
          if (call->function != owner) return std::nullopt;
          if (often.least > 0) count.wait = call;
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
    const bool waits = count.wait != nullptr && comes_before(unit, *count.last_add, *count.wait);
    if (waits && count.done.is_bounded() && count.added.least > count.done.most) {
      Finding finding;
      finding.check = kName;
      finding.location = count.wait->expression->getExprLoc();
      finding.message =
          name + " is told of " + std::to_string(count.added.least) + ", and " +
          (count.done.most == 0 ? std::string("nobody calls 'done'")
                                : "'done' is called " + std::to_string(count.done.most) +
                                      (count.done.most == 1 ? " time" : " times") + " at most") +
          ": this waits for ever";
      finding.notes.push_back({count.last_add->expression->getExprLoc(), "added here"});
      sink.report(finding);
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
};

}  // namespace

std::unique_ptr<Check> make_waitgroup_mismatch() { return std::make_unique<WaitGroupMismatch>(); }

}  // namespace sluice::checker
