// C++ names as a reader wants them: "Bank::transfer" instead of the whole signature. Knows strings
// only.
#pragma once

#include <string>
#include <string_view>

namespace sluice::checked {

// The readable form of a mangled name, shortened; a name that is not mangled comes back as it is.
std::string demangle(const char* mangled);

// Takes parameter lists, template arguments, return types, qualifiers and unnamed namespaces out of
// a demangled name, and calls every lambda `{lambda}`: "main::{lambda(int)#2}::operator()(int)
// const" becomes "main::{lambda}". What is declared inside a lambda is known by its own name.
std::string shorten(std::string_view demangled);

// Whether a shortened function name belongs to the runtime or to the standard library, whose frames
// tell the reader of a report nothing.
bool is_internal(std::string_view function);

}  // namespace sluice::checked
