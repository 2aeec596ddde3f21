// The exception that is being handled, in words.
#pragma once

#include <string>

namespace sluice::detail {

// As Go prints a panic's value: a Panic's text, else the type and the text. Of exceptions that were
// thrown with others nested in them (std::throw_with_nested) the innermost comes first, each later
// one on a line of its own, as when a Go program recovers and panics again. Calls what(), and so
// the program's code.
std::string describe_exception();

}  // namespace sluice::detail
