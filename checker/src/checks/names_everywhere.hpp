// Names that mean the same lock or function in all files of a project.
#pragma once

#include <string>

#include "clang/AST/Decl.h"
#include "paths/value.hpp"
#include "unit.hpp"

namespace sluice::checker {

// What the lock is called in all files: `Account::mu_`, `registry_mu`, `mu@src/log.cpp` when only
// one file can name it. Empty: nobody else can mean the same one.
std::string name_everywhere(Unit& unit, const Value* place);
std::string name_everywhere(Unit& unit, const void* shape);

// Empty: no other file can call it.
std::string name_everywhere(const clang::FunctionDecl* function);

}  // namespace sluice::checker
