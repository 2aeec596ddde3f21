// The debug information of this process, asked by address. The part of the symbolizer that speaks
// to libdw; it makes neither reports nor decisions about what to show. Not thread-safe:
// symbolize.cpp puts a lock round it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "debug/dwarf_library.hpp"
#include "debug/dwarf_unit.hpp"
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
  explicit DebugInfo(const dwarf::Library& lib) : lib_(lib) {}
  void begin_session();

  // The module that holds `address`; looks for libraries loaded meanwhile when no known one does.
  dwarf::Module* module_at(std::uintptr_t address);

  // The unit compiled to `address`, with what is to be subtracted from addresses to speak to it;
  // null without debug information.
  dwarf::Die* unit_die_at(dwarf::Module* module, std::uintptr_t address, dwarf::Address& bias);
  void line_in_unit(dwarf::Module* module, std::uintptr_t address, Frame& frame);
  dwarf::Unit* unit_at(dwarf::Module* module, std::uintptr_t address, dwarf::Address& bias);

  const dwarf::Library& lib_;
  dwarf::Dwfl* dwfl_ = nullptr;   // the last session's
  unsigned long long loads_ = 0;  // libraries that had been loaded when the session began
  std::map<void*, std::unique_ptr<dwarf::Unit>> units_;  // by the address of the unit's entry
};

}  // namespace sluice::checked
