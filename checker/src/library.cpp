#include "library.hpp"

#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/Path.h"

namespace sluice::checker {
namespace {

bool is_in_runtime(const clang::Decl* decl) {
  const clang::NamespaceDecl* outermost = nullptr;
  for (const clang::DeclContext* scope = decl->getDeclContext(); scope != nullptr;
       scope = scope->getParent()) {
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(scope)) outermost = space;
  }
  if (outermost == nullptr) outermost = llvm::dyn_cast<clang::NamespaceDecl>(decl);
  return outermost != nullptr && outermost->getName() == "sluice";
}

// <sluice/chan.hpp>, <sluice/detail/park.hpp>
bool is_header_of_runtime(llvm::StringRef file) {
  const llvm::StringRef directory = llvm::sys::path::parent_path(file);
  return llvm::sys::path::filename(directory) == "sluice" ||
         llvm::sys::path::filename(llvm::sys::path::parent_path(directory)) == "sluice";
}

}  // namespace

Library::Library(const clang::ASTContext& context) : sources_(context.getSourceManager()) {
  is_runtime_ =
      llvm::any_of(context.getTranslationUnitDecl()->decls(), [&](const clang::Decl* decl) {
        return llvm::isa<clang::NamespaceDecl>(decl) && is_in_runtime(decl) &&
               sources_.isInMainFile(sources_.getExpansionLoc(decl->getLocation()));
      });
}

bool Library::owns(const clang::Decl* decl) const {
  const clang::SourceLocation at = sources_.getExpansionLoc(decl->getLocation());
  if (sources_.isInSystemHeader(at)) return true;
  return !is_runtime_ && is_in_runtime(decl) && !sources_.isInMainFile(at) &&
         is_header_of_runtime(sources_.getFilename(at));
}

}  // namespace sluice::checker
