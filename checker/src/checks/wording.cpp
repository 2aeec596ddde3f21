// Words for reports.
#include "checks/wording.hpp"

#include <algorithm>

#include "clang/AST/DeclCXX.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

// More branches than this on the way hide the one that matters; the last ones are kept.
constexpr std::size_t kMostNotes = 8;

// A name made from the place alone, for locks that a macro or another function took.
std::string describe(const Value* value) {
  switch (value->kind) {
    case ValueKind::variable:
    case ValueKind::function:
      return value->decl()->getNameAsString();
    case ValueKind::field: {
      const std::string name = value->decl()->getNameAsString();
      const Value* base = value->base();
      if (base->kind != ValueKind::deref) {
        const std::string object = describe(base);
        return object.empty() ? name : object + "." + name;
      }
      if (base->base()->kind == ValueKind::self) return name;
      const std::string pointer = describe(base->base());
      return pointer.empty() ? name : pointer + "->" + name;
    }
    case ValueKind::deref: {
      const Value* pointer = value->base();
      if (pointer->kind == ValueKind::self) return "*this";
      // A reference reads as what it refers to.
      if (pointer->kind == ValueKind::load && pointer->base()->kind == ValueKind::variable &&
          pointer->base()->decl()->getType()->isReferenceType()) {
        return describe(pointer->base());
      }
      const std::string name = describe(pointer);
      return name.empty() || pointer->kind == ValueKind::call ? name : "*" + name;
    }
    case ValueKind::element: {
      const std::string array = describe(value->base());
      const Value* index = value->parts[1];
      const std::string number =
          index->kind == ValueKind::constant ? std::to_string(index->number) : describe(index);
      return array + "[" + (number.empty() ? "..." : number) + "]";
    }
    case ValueKind::load:
      return describe(value->base());
    case ValueKind::address:
      return "&" + describe(value->base());
    case ValueKind::call:
      return value->decl()->getNameAsString() + "()";
    case ValueKind::operation:
      return value->number == clang::BO_PtrMemI ? describe(value->parts[0]) : std::string();
    case ValueKind::opaque:
      return value->base() == nullptr ? std::string() : describe(value->base());
    default:
      return {};
  }
}

std::string step_message(const Trace& step) {
  switch (step.kind) {
    case StepKind::took_true:
      return "taking the true branch here";
    case StepKind::took_false:
      return "taking the false branch here";
    case StepKind::took_case:
      return "going to this case";
    case StepKind::jumped:
      return "jumping away here";
    case StepKind::caught:
      return "the exception is caught here";
    case StepKind::locked:
    case StepKind::unlocked:
    case StepKind::called:
      break;
  }
  return {};
}

}  // namespace

const clang::Expr* lock_argument(const HeldLock& lock) {
  if (lock.how == nullptr) return nullptr;
  if (const auto* method = llvm::dyn_cast_or_null<clang::CXXMemberCallExpr>(lock.site)) {
    if (lock.how->lock == kObject) return method->getImplicitObjectArgument();
    return nullptr;
  }
  const auto* call = llvm::dyn_cast_or_null<clang::CallExpr>(lock.site);
  if (call == nullptr || lock.how->lock < 0 ||
      lock.how->lock >= static_cast<int>(call->getNumArgs()))
    return nullptr;
  return call->getArg(lock.how->lock);
}

std::string lock_name(Unit& unit, const HeldLock& lock) {
  if (const clang::Expr* argument = lock_argument(lock)) {
    argument = argument->IgnoreParenImpCasts();
    if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(argument)) {
      if (address->getOpcode() == clang::UO_AddrOf)
        argument = address->getSubExpr()->IgnoreParens();
    }
    const std::string text = source_text(unit.context(), argument->getSourceRange());
    if (!text.empty() && text.find('\n') == std::string::npos) return text;
  }
  const std::string name = describe(lock.place);
  return name.empty() ? "a lock" : name;
}

std::string function_name(const clang::FunctionDecl* function) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->getParent()->isLambda()) return "this lambda";
  return "'" + function->getNameAsString() + "'";
}

std::vector<Note> path_notes(Unit& unit, const HeldLock& lock, const Trace* trace) {
  const clang::SourceManager& sources = unit.sources();
  std::vector<Note> notes;
  for (const Trace* step = trace; step != nullptr && step != lock.since; step = step->previous) {
    const std::string message = step_message(*step);
    if (message.empty() || step->where == nullptr) continue;
    // Loops come by the same branch many times; the last round says enough.
    const clang::SourceLocation at = sources.getExpansionLoc(step->where->getBeginLoc());
    const bool shown = llvm::any_of(notes, [&](const Note& note) { return note.location == at; });
    if (!shown && notes.size() < kMostNotes) notes.push_back({at, message});
  }
  if (lock.site != nullptr) {
    const std::string by = lock.through == nullptr ? "locked here" : "locked by this call";
    notes.push_back({sources.getExpansionLoc(lock.site->getBeginLoc()), by});
  }
  std::reverse(notes.begin(), notes.end());
  return notes;
}

}  // namespace sluice::checker
