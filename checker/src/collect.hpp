// The one walk over the syntax tree that finds the functions of a unit and what they mention.
#pragma once

#include <memory>
#include <vector>

#include "unit.hpp"

namespace sluice::checker {

// In source order; instantiations of templates included, templates themselves and system headers
// left out.
std::vector<std::unique_ptr<FunctionFacts>> collect_functions(clang::ASTContext& context,
                                                              Vocabulary& vocabulary);

}  // namespace sluice::checker
