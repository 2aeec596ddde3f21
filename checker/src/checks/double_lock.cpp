// A lock that is taken again by who holds it.
#include "checks/by_design.hpp"
#include "checks/held_wrongly.hpp"
#include "checks/wording.hpp"
#include "clang/AST/DeclCXX.h"
#include "syntax.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

// A class that counts how often its owner has locked it says so.
bool says_recursive(const clang::FunctionDecl* function) {
  if (function == nullptr) return false;
  const auto says = [](const clang::NamedDecl* decl) {
    const auto words = words_of(simple_name(decl));
    return llvm::any_of(words, [](const std::string& word) {
      return word == "recursive" || word == "reentrant" || word == "nested";
    });
  };
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  return says(function) || (method != nullptr && says(method->getParent()));
}

// Whether a reader may read again: POSIX lets it, unless the lock was made to prefer writers.
bool is_posix_rwlock(const DoubleLock& each) {
  const auto* decl = static_cast<const clang::ValueDecl*>(shape_of(each.held.place));
  return decl == nullptr ||
         decl->getType().getAsString().find("pthread_rwlock_t") != std::string::npos;
}

// One of two checks: of readers that read again, or of all others.
class DoubleLockCheck : public Check {
 public:
  explicit DoubleLockCheck(bool readers) : readers_(readers) {}

  void run(Unit& unit, const Options&, Sink& sink) override {
    const ByDesign by_design(unit);
    for (const clang::FunctionDecl* function : unit.lock_functions()) {
      const FunctionPaths& paths = unit.paths(function);
      if (paths.gave_up || says_recursive(function)) continue;
      for (const DoubleLock& each : paths.double_locks) {
        if (each.site == nullptr || each.held.site == nullptr || says_recursive(each.through))
          continue;
        if ((each.held.shared && each.shared) != readers_) continue;
        if (readers_ && is_posix_rwlock(each)) continue;
        // Where a callee forgot to unlock is where that is told.
        if (each.held.through != nullptr &&
            by_design.is_mistake_of(each.held.through, shape_of(each.held.place)))
          continue;
        if (is_posix_mutex(each) && !unit.is_plain_posix_mutex(shape_of(each.held.place))) continue;
        sink.report(describe(unit, each));
      }
    }
  }

 private:
  // Those may be recursive, which is decided where they are made.
  static bool is_posix_mutex(const DoubleLock& each) {
    const auto* decl = static_cast<const clang::ValueDecl*>(shape_of(each.held.place));
    if (decl == nullptr) return true;
    const clang::QualType type = decl->getType().getNonReferenceType();
    return checker::is_posix_mutex(type->isPointerType() ? type->getPointeeType() : type);
  }

  Finding describe(Unit& unit, const DoubleLock& each) const {
    const std::string name = lock_name(unit, each.held);
    const unsigned line = unit.sources().getExpansionLineNumber(each.held.site->getBeginLoc());
    const std::string held = each.held.shared ? " for reading" : "";
    Finding finding;
    finding.check = readers_ ? "sluice-recursive-read-lock" : "sluice-double-lock";
    finding.location = each.site->getExprLoc();
    if (each.through == nullptr) {
      finding.message = "'" + name + "' is locked again" + (each.shared ? " for reading" : "") +
                        " while it is held" + held;
    } else {
      finding.message =
          function_name(each.through) + " locks '" + name + "', which is held" + held + " here";
    }
    finding.message += "; it was locked on line " + std::to_string(line) +
                       (readers_ ? ", and a writer that waits in between lets neither go on"
                                 : ", and nobody else can unlock it");
    finding.notes = path_notes(unit, each.held, each.trace);
    return finding;
  }

  const bool readers_;
};

}  // namespace

std::unique_ptr<Check> make_double_lock() { return std::make_unique<DoubleLockCheck>(false); }
std::unique_ptr<Check> make_recursive_read_lock() {
  return std::make_unique<DoubleLockCheck>(true);
}

}  // namespace sluice::checker
