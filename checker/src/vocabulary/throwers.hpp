// Functions of the standard library that exist to throw when what they are asked is not there.
#pragma once

#include "clang/AST/Decl.h"

namespace sluice::checker {

// A call of such a function is a way out of its caller that everybody who reads the code can see.
bool is_known_thrower(const clang::FunctionDecl* function);

}  // namespace sluice::checker
