// What is a library to the file that is looked at: nothing is found in it, and its functions are
// known by name or not at all. So what is found does not depend on how the headers are reached.
#pragma once

#include "clang/AST/ASTContext.h"

namespace sluice::checker {

class Library {
 public:
  explicit Library(const clang::ASTContext& context);

  // Whether `decl` is of a system header or, unless the file is the runtime's, of the runtime's.
  bool owns(const clang::Decl* decl) const;

 private:
  const clang::SourceManager& sources_;
  bool is_runtime_ = false;  // the file that is looked at
};

}  // namespace sluice::checker
