// A channel that is sent to or closed after it was closed, in an order that the text alone tells,
// or closed while a goroutine is about to send.
#include "checks/pending_sends.hpp"
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/AST/Stmt.h"
#include "clang/AST/StmtCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-channel-misuse";

bool assigns(const clang::Stmt* body, const clang::Expr* object) {
  if (body == nullptr) return false;
  if (const auto* call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(body)) {
    if (call->getOperator() == clang::OO_Equal && same_object(call->getArg(0), object)) return true;
  }
  // Given away by reference, it may be another one afterwards.
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(body)) {
    if (unary->getOpcode() == clang::UO_AddrOf && same_object(unary->getSubExpr(), object))
      return true;
  }
  return llvm::any_of(body->children(),
                      [&](const clang::Stmt* child) { return assigns(child, object); });
}

class ChannelMisuse : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    for (const Site& close : unit.sites()) {
      if (close.api != Api::close || discarded(close) == nullptr) continue;
      const Place place = place_of(close);
      if (place.block == nullptr) continue;
      const Site* sender = sender_not_waited_for(unit, close);
      if (sender != nullptr) report_too_early(unit, close, *sender, sink);
      for (const Site& later : unit.sites()) {
        const bool misuses = later.api == Api::send || later.api == Api::close;
        if (!misuses || later.function != close.function || !comes_before(unit, close, later) ||
            !same_object(object_of(close), object_of(later)) || is_caught(close, later))
          continue;
        if (always_after(place, later, object_of(close))) report(unit, close, later, sink);
      }
    }
  }

 private:
  // Who catches what it throws expects it.
  static bool is_caught(const Site& close, const Site& later) {
    return llvm::any_of(later.around, [&](const clang::Stmt* each) {
      return llvm::isa<clang::CXXTryStmt>(each) && !llvm::is_contained(close.around, each);
    });
  }

  // Whether `later` is in a statement behind that of `place` in the same block, and the channel is
  // the same by then.
  static bool always_after(const Place& place, const Site& later, const clang::Expr* object) {
    bool behind = false;
    for (const clang::Stmt* statement : place.block->body()) {
      if (behind && (statement == later.expression || llvm::is_contained(later.around, statement)))
        return !assigns(statement, object);
      // A label can be come to from elsewhere.
      if (behind &&
          (assigns(statement, object) || llvm::isa<clang::LabelStmt, clang::SwitchCase>(statement)))
        return false;
      if (statement == place.statement) behind = true;
    }
    return false;
  }

  static void report_too_early(Unit& unit, const Site& close, const Site& sender, Sink& sink) {
    Finding finding;
    finding.check = kName;
    finding.location = close.expression->getExprLoc();
    finding.message = spelled(unit, object_of(close), "this channel") +
                      " is closed while a goroutine that was started before may not have sent to "
                      "it yet, which panics; wait for it first";
    finding.notes.push_back({sender.expression->getExprLoc(), "the goroutine is started here"});
    sink.report(finding);
  }

  static void report(Unit& unit, const Site& close, const Site& later, Sink& sink) {
    Finding finding;
    finding.check = kName;
    finding.location = later.expression->getExprLoc();
    finding.message = spelled(unit, object_of(later), "this channel") +
                      (later.api == Api::send ? " is sent to after it was closed, which panics"
                                              : " is closed twice, which panics");
    finding.notes.push_back({close.expression->getExprLoc(), "closed here"});
    sink.report(finding);
  }
};

}  // namespace

std::unique_ptr<Check> make_channel_misuse() { return std::make_unique<ChannelMisuse>(); }

}  // namespace sluice::checker
