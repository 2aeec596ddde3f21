// Names that no other file has: what becomes of them is all to be seen in this one.
#pragma once

#include "unit.hpp"

namespace sluice::checker {

// Whether no header declares it.
bool is_known_here_alone(const clang::Decl* declaration, const clang::SourceManager& sources);

// The variable or member that `expression` names at its end: `group`, `this->group`, `a->b.group`.
const clang::ValueDecl* named_by(const clang::Expr* expression);

// How often the file's own code names it; captures of lambdas do not count, nor does what can only
// look at it.
unsigned mentions_here(Unit& unit, const clang::ValueDecl* declaration);

}  // namespace sluice::checker
