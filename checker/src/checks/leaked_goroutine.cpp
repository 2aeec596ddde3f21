// A goroutine that sends its one result on a channel without room for it, to a function that may go
// on without receiving: then it waits for ever.
#include <set>

#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "checks/uses.hpp"
#include "clang/AST/StmtCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-leaked-goroutine";

// The call that makes the channel, if it makes one without room; else null.
const clang::CallExpr* unbuffered(const clang::VarDecl& channel, const clang::ASTContext& context) {
  const auto* made = llvm::dyn_cast_or_null<clang::CallExpr>(
      channel.hasInit() ? strip(channel.getInit()) : nullptr);
  if (made == nullptr || made->getDirectCallee() == nullptr || made->getNumArgs() != 1 ||
      plain_name(made->getDirectCallee()) != "sluice::make_chan")
    return nullptr;
  clang::Expr::EvalResult capacity;
  const bool is_known = made->getArg(0)->EvaluateAsInt(capacity, context);
  return is_known && capacity.Val.getInt() == 0 ? made : nullptr;
}

// A way out of the function's own code between two places.
const clang::Stmt* way_out(Unit& unit, const clang::Stmt* body, clang::SourceLocation from,
                           clang::SourceLocation to) {
  if (body == nullptr || llvm::isa<clang::LambdaExpr>(body)) return nullptr;
  const clang::SourceManager& sources = unit.sources();
  if (llvm::isa<clang::ReturnStmt>(body) &&
      sources.isBeforeInTranslationUnit(from, body->getBeginLoc()) &&
      sources.isBeforeInTranslationUnit(body->getEndLoc(), to) && !ends_failed_test(unit, body))
    return body;
  for (const clang::Stmt* child : body->children()) {
    if (const clang::Stmt* out = way_out(unit, child, from, to)) return out;
  }
  return nullptr;
}

// What ends the program, or the test, instead of going on.
bool may_end_program(Unit& unit, const clang::Stmt* body) {
  if (body == nullptr || llvm::isa<clang::LambdaExpr>(body)) return false;
  if (llvm::isa<clang::LabelStmt, clang::GotoStmt>(body)) return true;
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(body)) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr || callee->isNoReturn() || unit.never_returns(callee)) return true;
  }
  return llvm::any_of(body->children(),
                      [&](const clang::Stmt* child) { return may_end_program(unit, child); });
}

class LeakedGoroutine : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& send : unit.sites()) {
      if (send.api != Api::send) continue;
      const clang::VarDecl* channel = variable_of(object_of(send));
      const clang::FunctionDecl* owner = owner_of(channel);
      if (owner == nullptr || send.function == owner || owner->isMain()) continue;
      const clang::CallExpr* made = unbuffered(*channel, unit.context());
      const Site* spawn = made == nullptr ? nullptr : spawn_of(unit, send, owner);
      if (spawn == nullptr) continue;
      const Site* receive = only_receive(unit, owner, channel, send);
      if (receive == nullptr || may_end_program(unit, owner->getBody())) continue;
      judge(unit, send, *spawn, *receive, *made, sink);
    }
  }

 private:
  // What `owner` starts once, on each of its ways, and sends at most once.
  static const Site* spawn_of(Unit& unit, const Site& send, const clang::FunctionDecl* owner) {
    const Enclosing around = lambda_around(send);
    const Site* spawn = around.given_to == nullptr ? nullptr : site_of(unit, around.given_to);
    if (spawn == nullptr || spawn->api != Api::spawn || spawn->function != owner) return nullptr;
    const HowOften started = how_often(unit, *spawn, owner);
    const bool is_once = started.least == 1 && started.most == 1 && loop_around(send) == nullptr;
    return is_once ? spawn : nullptr;
  }

  // The only other use of the channel.
  static const Site* only_receive(Unit& unit, const clang::FunctionDecl* owner,
                                  const clang::VarDecl* channel, const Site& send) {
    const auto calls = calls_about(unit, owner, channel);
    if (!calls || calls->size() != 2) return nullptr;
    const Site* other = calls->front() == &send ? calls->back() : calls->front();
    const bool receives = other->api == Api::receive || other->api == Api::receive_case;
    return receives && other->function == owner && loop_around(*other) == nullptr ? other : nullptr;
  }

  static void judge(Unit& unit, const Site& send, const Site& spawn, const Site& receive,
                    const clang::CallExpr& made, Sink& sink) {
    const clang::Stmt* out = nullptr;
    std::string why;
    if (receive.api == Api::receive_case) {
      const Site* select = select_around(unit, receive);
      if (select == nullptr || select->arguments().size() < 2) return;
      out = select->expression;
      why = "takes another case";
    } else {
      out = way_out(unit, receive.function->getBody(), spawn.expression->getEndLoc(),
                    receive.expression->getBeginLoc());
      why = "returns before it receives";
    }
    if (out == nullptr) return;
    Finding finding;
    finding.check = kName;
    finding.location = send.expression->getExprLoc();
    finding.message = "this waits for ever when the function that started the goroutine " + why +
                      "; make the channel with room for one value";
    finding.notes.push_back({out->getBeginLoc(), receive.api == Api::receive_case
                                                     ? "another case may go here"
                                                     : "nothing is received then"});
    const auto* omitted = llvm::dyn_cast<clang::CXXDefaultArgExpr>(made.getArg(0));
    if (omitted != nullptr && made.getRParenLoc().isFileID())
      finding.fix_its.push_back(clang::FixItHint::CreateInsertion(made.getRParenLoc(), "1"));
    sink.report(finding);
  }

  // The select that waits for the case; null: it does not wait, or is not written here.
  static const Site* select_around(Unit& unit, const Site& receive) {
    for (auto at = receive.around.rbegin(); at != receive.around.rend(); ++at) {
      const auto* expression = llvm::dyn_cast<clang::Expr>(*at);
      if (expression == nullptr) return nullptr;
      const Site* site = site_of(unit, expression);
      if (site != nullptr && site->api == Api::select) return site;
    }
    return nullptr;
  }
};

}  // namespace

std::unique_ptr<Check> make_leaked_goroutine() { return std::make_unique<LeakedGoroutine>(); }

}  // namespace sluice::checker
