// A compilation database that names a command once: build systems list a file for each library that
// it goes into, with commands that mean the same to a parser.
#pragma once

#include <memory>

#include "clang/Tooling/CompilationDatabase.h"

namespace sluice::checker {

std::unique_ptr<clang::tooling::CompilationDatabase> distinct_commands(
    std::unique_ptr<clang::tooling::CompilationDatabase> database);

}  // namespace sluice::checker
