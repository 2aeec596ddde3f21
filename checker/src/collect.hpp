// The one walk over the syntax tree that finds the functions of a unit and what they mention.
#pragma once

#include <memory>
#include <vector>

#include "unit.hpp"

namespace sluice::checker {

struct Collected {
  std::vector<std::unique_ptr<FunctionFacts>> functions;
  std::vector<Site> sites;
  // POSIX mutexes that are made here, by shape: whether they are of the kind whose owner can't take
  // them again.
  llvm::DenseMap<const void*, bool> posix_mutexes;
};

// In source order; instantiations of templates included, templates themselves and the
// library's code left out.
Collected collect(clang::ASTContext& context, const Library& library, Vocabulary& vocabulary,
                  ApiTable& api);

}  // namespace sluice::checker
