// Names of throwing functions of the standard library.
#include "vocabulary/throwers.hpp"

#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/StringSwitch.h"

namespace sluice::checker {

bool is_known_thrower(const clang::FunctionDecl* function) {
  if (!function->isInStdNamespace() && !function->getDeclContext()->isStdNamespace()) {
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (method == nullptr || !method->getParent()->isInStdNamespace()) return false;
  }
  if (function->getIdentifier() == nullptr) return false;
  const llvm::StringRef name = function->getName();
  if (llvm::isa<clang::CXXMethodDecl>(function)) {
    // optional::value and expected::value; containers' at.
    return llvm::StringSwitch<bool>(name).Cases("at", "value", true).Default(false);
  }
  return llvm::StringSwitch<bool>(name)
      .Cases("stoi", "stol", "stoll", "stoul", "stoull", true)
      .Cases("stof", "stod", "stold", true)
      .Cases("rethrow_exception", "throw_with_nested", true)
      .Default(false);
}

}  // namespace sluice::checker
