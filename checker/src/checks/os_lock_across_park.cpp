// A lock of the operating system's threads that is held while the goroutine parks: it may be
// another thread that goes on with it, and whoever wants the lock blocks a whole thread meanwhile.
#include "checks/held_wrongly.hpp"
#include "checks/parks.hpp"
#include "checks/wording.hpp"
#include "clang/AST/DeclCXX.h"
#include "syntax.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

// The type of the lock as the program writes it, if it is one of threads; else nothing.
std::string os_lock_type(const Value* place) {
  const auto* decl = static_cast<const clang::ValueDecl*>(shape_of(place));
  if (decl == nullptr || llvm::isa<clang::FunctionDecl>(decl)) return {};
  clang::QualType type = decl->getType().getNonReferenceType();
  while (type->isPointerType() || type->isArrayType()) {
    type = type->isPointerType() ? type->getPointeeType()
                                 : clang::QualType(type->getArrayElementTypeNoTypeQual(), 0);
  }
  if (is_posix_mutex(type)) return "pthread_mutex_t";
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record == nullptr || !record->isInStdNamespace()) return {};
  // Of what holds locks, as a map does, the elements may be any.
  return simple_name(record).ends_with("mutex") ? plain_name(record) : std::string();
}

class OsLockAcrossPark : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    visit_parks(unit, [&](const FunctionPaths&, const ParkUnderLock& each) {
      const std::string type = os_lock_type(each.held.place);
      if (!type.empty()) sink.report(describe(unit, each, type));
    });
  }

 private:
  static Finding describe(Unit& unit, const ParkUnderLock& each, const std::string& type) {
    Finding finding;
    finding.check = "sluice-os-lock-across-park";
    finding.location = each.site->getExprLoc();
    finding.message = function_name(each.callee) + " may park the goroutine while '" +
                      lock_name(unit, each.held) + "' is held, a " + type +
                      ": it may go on on another thread; use 'sluice::Mutex', or unlock first";
    finding.notes = path_notes(unit, each.held, each.trace);
    return finding;
  }
};

}  // namespace

std::unique_ptr<Check> make_os_lock_across_park() { return std::make_unique<OsLockAcrossPark>(); }

}  // namespace sluice::checker
