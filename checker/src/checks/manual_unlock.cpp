// A lock that is locked and unlocked by hand where a scope would do. A matter of style, so it is
// told only when that is asked for.
#include "checks/fix_text.hpp"
#include "checks/release_fix.hpp"
#include "checks/surroundings.hpp"
#include "checks/syntax_checks.hpp"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"
#include "syntax.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-manual-unlock";

// What stands between the lock and the unlock, both statements of one block, and what behind.
struct Section {
  const Site* taken = nullptr;
  const Site* freed = nullptr;
  llvm::SmallVector<const clang::Stmt*, 8> inside;
  llvm::SmallVector<const clang::Stmt*, 4> behind;
};

// Whether control may come in or go out in the middle. What leaves with the lock held is another
// check's business.
bool has_other_way(const clang::Stmt* statement, bool in_loop, bool in_switch) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
  if (llvm::isa<clang::ReturnStmt, clang::GotoStmt, clang::IndirectGotoStmt, clang::CXXThrowExpr,
                clang::LabelStmt, clang::CoroutineSuspendExpr, clang::CoreturnStmt>(statement))
    return true;
  if (llvm::isa<clang::BreakStmt>(statement)) return !in_loop && !in_switch;
  if (llvm::isa<clang::ContinueStmt>(statement)) return !in_loop;
  if (llvm::isa<clang::SwitchCase>(statement) && !in_switch) return true;
  in_loop =
      in_loop ||
      llvm::isa<clang::ForStmt, clang::WhileStmt, clang::DoStmt, clang::CXXForRangeStmt>(statement);
  in_switch = in_switch || llvm::isa<clang::SwitchStmt>(statement);
  return llvm::any_of(statement->children(), [&](const clang::Stmt* child) {
    return has_other_way(child, in_loop, in_switch);
  });
}

bool refers_to(const clang::Stmt* statement, const clang::Decl* decl) {
  if (statement == nullptr) return false;
  const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(statement);
  if (name != nullptr && name->getDecl() == decl) return true;
  return llvm::any_of(statement->children(),
                      [&](const clang::Stmt* child) { return refers_to(child, decl); });
}

// Whether the expression leads to the same lock before and after `statements`: a pointer on the way
// is `this`, or a variable of the function that they leave as it is.
bool stays_the_same(const clang::Expr* lock, llvm::ArrayRef<const clang::Stmt*> statements) {
  lock = strip(lock);
  if (lock->getType()->isPointerType()) {
    if (llvm::isa<clang::CXXThisExpr>(lock)) return true;
    const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(lock);
    const auto* pointer =
        name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    return pointer != nullptr && pointer->hasLocalStorage() &&
           llvm::none_of(statements,
                         [&](const clang::Stmt* each) { return changes(each, pointer); });
  }
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(lock))
    return stays_the_same(member->getBase(), statements);
  if (const auto* step = llvm::dyn_cast<clang::UnaryOperator>(lock))
    return stays_the_same(step->getSubExpr(), statements);
  return llvm::isa<clang::DeclRefExpr>(lock);
}

// The first thing that is done to the lock behind `taken` in its block, if that is an unlock which
// stands in the block itself.
const Site* unlock_of(Unit& unit, const Site& taken, const clang::CompoundStmt* block) {
  const Site* first = nullptr;
  for (const Site& site : unit.sites()) {
    const bool is_use =
        (site.lock != nullptr && site.lock->effect != Effect::keep) || site.guard != nullptr;
    if (!is_use || !llvm::is_contained(site.around, block) || !comes_before(unit, taken, site) ||
        !same_object(object_of(taken), object_of(site)))
      continue;
    if (first == nullptr || comes_before(unit, site, *first)) first = &site;
  }
  const bool is_unlock = first != nullptr && first->lock != nullptr &&
                         first->lock->effect == Effect::release &&
                         first->lock->shared == taken.lock->shared;
  return is_unlock && place_of(*first).block == block && discarded(*first) != nullptr ? first
                                                                                      : nullptr;
}

// Nothing in `freed` when there is no such section.
Section section_of(Unit& unit, const Site& taken) {
  Section section;
  if (taken.lock == nullptr || !taken.lock->is_acquire() || taken.lock->tries() ||
      taken.lock->lock == kAllArguments || taken.expression->getBeginLoc().isMacroID() ||
      discarded(taken) == nullptr)
    return section;
  const Place begin = place_of(taken);
  if (begin.block == nullptr) return section;
  const Site* freed = unlock_of(unit, taken, begin.block);
  if (freed == nullptr || freed->expression->getBeginLoc().isMacroID()) return section;
  const clang::Stmt* end = place_of(*freed).statement;
  if (begin.next == end) return section;  // sluice-empty-critical-section tells of it
  auto at = std::next(llvm::find(begin.block->body(), begin.statement));
  for (; *at != end; ++at) section.inside.push_back(*at);
  section.behind.append(std::next(at), begin.block->body_end());
  section.taken = &taken;
  section.freed = freed;
  return section;
}

class ManualUnlock : public Check {
 public:
  void run(Unit& unit, const Options& options, Sink& sink) override {
    if (!options.flag(kName, "Strict") || !unit.context().getLangOpts().CPlusPlus) return;
    for (const Site& site : unit.sites()) {
      const Section section = section_of(unit, site);
      if (section.freed == nullptr || !fits_scope(unit, section)) continue;
      Finding finding;
      finding.check = kName;
      finding.location = site.expression->getExprLoc();
      finding.message = spelled(unit, object_of(site), "the lock") +
                        " is locked and unlocked by hand; a guard would unlock it on every way out";
      finding.notes.push_back({section.freed->expression->getExprLoc(), "unlocked here"});
      if (ends_like_scope(unit, section)) finding.fix_its = fix(unit, section);
      sink.report(finding);
    }
  }

 private:
  // Whether the lock could be held for the length of a scope: of a new one, or of the block when
  // all that is left to do is to return.
  static bool fits_scope(Unit& unit, const Section& section) {
    const bool is_straight = llvm::none_of(section.inside, [](const clang::Stmt* each) {
      return has_other_way(each, /*in_loop=*/false, /*in_switch=*/false);
    });
    if (!is_straight || !stays_the_same(object_of(*section.taken), section.inside)) return false;
    return only_returns(unit, section) || llvm::none_of(section.inside, [&](const auto* each) {
             const auto* declared = llvm::dyn_cast<clang::DeclStmt>(each);
             return declared != nullptr && llvm::any_of(declared->decls(), [&](const auto* decl) {
                      return llvm::any_of(section.behind, [&](const clang::Stmt* behind) {
                        return refers_to(behind, decl);
                      });
                    });
           });
  }

  static bool only_returns(Unit& unit, const Section& section) {
    if (section.behind.empty()) return true;
    const auto* result = llvm::dyn_cast<clang::ReturnStmt>(section.behind.front());
    return result != nullptr && needs_no_lock(result->getRetValue(), unit.context());
  }

  // Whether a guard in the place of the lock would hold it as long as it is held now: nothing but
  // the guard is destroyed where it ends.
  static bool ends_like_scope(Unit& unit, const Section& section) {
    return only_returns(unit, section) && llvm::none_of(section.inside, [](const auto* each) {
             const auto* declared = llvm::dyn_cast<clang::DeclStmt>(each);
             return declared != nullptr && llvm::any_of(declared->decls(), [](const auto* decl) {
                      const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl);
                      // A reference may keep what it is bound to.
                      return variable != nullptr &&
                             (destructor_of(variable->getType()) != nullptr ||
                              variable->getType()->isReferenceType());
                    });
           });
  }

  static std::vector<clang::FixItHint> fix(Unit& unit, const Section& section) {
    const clang::SourceManager& sources = unit.sources();
    const clang::SourceRange lock = section.taken->expression->getSourceRange();
    const clang::SourceRange unlock = section.freed->expression->getSourceRange();
    const clang::SourceLocation end = clang::Lexer::findLocationAfterToken(
        unlock.getEnd(), clang::tok::semi, sources, unit.context().getLangOpts(),
        /*SkipTrailingWhitespaceAndNewLine=*/true);
    const std::string held = held_by_scope(unit, section);
    if (held.empty() || end.isInvalid()) return {};
    bool begins_line = false;
    const std::string indent = indent_of(sources, unlock.getBegin(), begins_line);
    const clang::SourceLocation begin =
        begins_line ? unlock.getBegin().getLocWithOffset(-static_cast<int>(indent.size()))
                    : unlock.getBegin();
    return {clang::FixItHint::CreateReplacement(lock, held),
            clang::FixItHint::CreateRemoval(clang::CharSourceRange::getCharRange(begin, end))};
  }

  // What stands in the place of the lock then, without the semicolon; empty when the program has
  // nothing of the kind.
  static std::string held_by_scope(Unit& unit, const Section& section) {
    const Site& taken = *section.taken;
    const std::string name =
        free_name(unit, taken.function, section.taken->expression->getBeginLoc());
    const clang::Expr* object = strip(object_of(taken));
    const std::string text = source_text(unit.context(), object->getSourceRange());
    if (text.empty()) return {};
    const clang::CXXRecordDecl* record = object->getType()->isPointerType()
                                             ? object->getType()->getPointeeCXXRecordDecl()
                                             : object->getType()->getAsCXXRecordDecl();
    const bool shared = taken.lock->name.ends_with("::lock_shared");
    const bool is_method = taken.lock->lock == kObject && record != nullptr;
    const std::string guarded =
        name + "(" + (object->getType()->isPointerType() ? "*" : "") + text + ")";
    if (is_method && taken.lock->name.starts_with("sluice::"))
      return (shared ? "sluice::SharedLock " : "sluice::Lock ") + guarded;
    const std::string guard = shared ? "shared_lock" : "lock_guard";
    // Before C++17 the type of the lock would have to be written down.
    if (is_method && record->isInStdNamespace() && unit.context().getLangOpts().CPlusPlus17 &&
        is_declared(unit, "std", guard))
      return "std::" + guard + " " + guarded;
    return deferred(unit, section, name);
  }

  static std::string deferred(Unit& unit, const Section& section, const std::string& name) {
    const clang::SourceLocation begin = section.taken->expression->getBeginLoc();
    const auto text = [&](const Site* site) {
      return source_text(unit.context(), site->expression->getSourceRange());
    };
    bool begins_line = false;
    const std::string indent = indent_of(unit.sources(), begin, begins_line);
    if (!is_declared(unit, "sluice", "Defer") || !begins_line) return {};
    return text(section.taken) + ";\n" + indent + "sluice::Defer " + name + "{[&] { " +
           text(section.freed) + "; }}";
  }

  static bool is_declared(Unit& unit, llvm::StringRef space, llvm::StringRef name) {
    clang::ASTContext& context = unit.context();
    for (const clang::NamedDecl* found :
         context.getTranslationUnitDecl()->lookup(&context.Idents.get(space))) {
      const auto* inner = llvm::dyn_cast<clang::NamespaceDecl>(found);
      if (inner != nullptr && !inner->lookup(&context.Idents.get(name)).empty()) return true;
    }
    return false;
  }
};

}  // namespace

std::unique_ptr<Check> make_manual_unlock() { return std::make_unique<ManualUnlock>(); }

}  // namespace sluice::checker
