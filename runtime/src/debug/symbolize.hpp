// From addresses to functions, files and lines. Reads debug information through libdw, which is
// loaded when first asked, so that the runtime links to nothing; without it, exported names are all
// there is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::checked {

struct Frame {
  const void* pc = nullptr;
  std::string function;       // "Bank::transfer", "main::{lambda}"; empty: unknown
  std::string file;           // as the compiler was given it; empty: unknown
  int line = 0;               // 0: unknown
  int column = 0;             // 0: unknown
  std::uintptr_t offset = 0;  // of pc from the start of the function that it is compiled into
  std::string module;         // file name of the executable or library
  bool inlined = false;       // compiled into the frame that follows
};

struct Variable {
  std::string name;  // "accounts", "bank.accounts_" for a member of a global; empty: none found
  std::string file;  // of the declaration; empty: unknown
  int line = 0;
};

enum class PcKind : std::uint8_t { return_address, exact };

// The frames that `pc` stands for, innermost first: more than one when calls were inlined there.
// Never empty.
std::vector<Frame> symbolize(const void* pc, PcKind kind = PcKind::return_address);

// Whether a frame belongs to the runtime or to the standard library, and tells the reader of a
// report nothing.
bool is_internal(const Frame& frame);

// Whether a traceback or a profile has it. Of the runtime's own functions those are shown that the
// user called: free functions of namespace sluice and members of its types, but nothing in a
// namespace below it. Of the standard library none is.
bool is_shown(const Frame& frame);

// The global or static variable that `address` lies in.
Variable symbolize_global(const void* address);

// The local variable that `address` lies in, of the function that is active at return address `pc`
// with the canonical frame address `cfa`.
Variable symbolize_local(const void* pc, std::uintptr_t cfa, const void* address);

// One line that says what to install for better reports; empty when nothing is missing.
std::string symbolizer_note();

}  // namespace sluice::checked
