// What fix-its have to know of the text around the code that they change.
#pragma once

#include <string>

#include "unit.hpp"

namespace sluice::checker {

// What stands before `at` in its line, as far as that is blank; `begins_line`: all of it is.
std::string indent_of(const clang::SourceManager& sources, clang::SourceLocation at,
                      bool& begins_line);

// A name for a guard that is made at `at` in `function`, and stands for nothing else there.
std::string free_name(Unit& unit, const clang::FunctionDecl* function, clang::SourceLocation at);

}  // namespace sluice::checker
