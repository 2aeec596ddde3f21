// The debug information of this process, asked by address. The part of the symbolizer that speaks
// to libdw; it makes neither reports nor decisions about what to show. Not thread-safe:
// symbolize.cpp puts a lock round it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "debug/dwarf_library.hpp"
#include "debug/symbolize.hpp"

namespace sluice::checked {

class DebugInfo {
 public:
  // The one of this process, made when first asked for; null without libdw.
  static DebugInfo* of_this_process();

  // The frames compiled into the instruction at `address`, innermost first; empty when no module
  // holds it.
  std::vector<Frame> frames(std::uintptr_t address);

  // The global or static variable at `address`, with the path to the member that lies there.
  Variable variable(std::uintptr_t address);

  // The local variable, of the function active at `pc`, that `address` lies in; `cfa` is that
  // activation's canonical frame address.
  Variable local(std::uintptr_t pc, std::uintptr_t cfa, std::uintptr_t address);

 private:
  DebugInfo(const dwarf::Library& lib, dwarf::Dwfl* dwfl) : lib_(lib), dwfl_(dwfl) {}

  // The module that holds `address`; looks for libraries loaded meanwhile when no known one does.
  dwarf::Module* module_at(std::uintptr_t address);

  const dwarf::Library& lib_;
  dwarf::Dwfl* dwfl_;  // lives as long as the process
};

}  // namespace sluice::checked
