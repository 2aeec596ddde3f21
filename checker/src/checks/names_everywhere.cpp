#include "checks/names_everywhere.hpp"

#include "clang/Basic/SourceManager.h"
#include "paths/function_context.hpp"
#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {
namespace {

std::string file_of(Unit& unit, const clang::Decl* decl) {
  const clang::PresumedLoc at = unit.sources().getPresumedLoc(decl->getLocation());
  return at.isValid() ? at.getFilename() : "";
}

}  // namespace

std::string name_everywhere(Unit& unit, const Value* place) {
  return name_everywhere(unit, shape_of(place));
}

std::string name_everywhere(Unit& unit, const void* shape) {
  const auto* decl = static_cast<const clang::ValueDecl*>(shape);
  if (decl == nullptr) return {};
  if (const auto* field = llvm::dyn_cast<clang::FieldDecl>(decl)) {
    if (field->getParent()->getIdentifier() == nullptr) return {};
    // Classes in unnamed namespaces and in functions are another one in each file.
    const bool is_everywhere =
        field->getParent()->isExternallyVisible() || !unit.context().getLangOpts().CPlusPlus;
    return plain_name(field) + (is_everywhere ? std::string() : "@" + file_of(unit, field));
  }
  const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl);
  if (variable == nullptr || !variable->hasGlobalStorage()) return {};
  // A pointer or reference may lead to any lock.
  if (variable->getType()->isPointerType() || variable->getType()->isReferenceType()) return {};
  std::string name = plain_name(variable);
  if (!variable->isExternallyVisible()) {
    name += "@" + file_of(unit, variable);
    if (variable->isStaticLocal()) {
      name += ":" + std::to_string(unit.sources().getPresumedLineNumber(variable->getLocation()));
    }
  }
  return name;
}

std::string name_everywhere(const clang::FunctionDecl* function) {
  return function->isExternallyVisible() ? plain_name(function) : std::string();
}

}  // namespace sluice::checker
