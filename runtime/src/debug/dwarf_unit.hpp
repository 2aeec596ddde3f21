// One compilation unit, walked once: which functions were compiled from it, where, and what each is
// called with all the scopes that it stands in.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "debug/dwarf_library.hpp"

namespace sluice::checked::dwarf {

class Unit {
 public:
  Unit(const Library& lib, Die unit);

  // The entries that enclose `address` as they were compiled, innermost first: blocks, inlined
  // calls, at last the function. Empty when no function of this unit holds it.
  std::vector<Die> enclosing(Address address);

  // "main::{lambda}", "Bank::transfer"; of a function or of an inlined call.
  std::string name(Die& function);

 private:
  struct Scope {
    std::uint32_t parent;  // index in scopes_; kNoParent at the top
    const char* name;      // null: unnamed
    int tag;
    Die die;
  };
  struct Function {
    Address low, high;
    Die die;
  };
  static constexpr std::uint32_t kNoParent = UINT32_MAX;

  void walk(Die& parent, std::uint32_t scope);
  void descend(Die& parent, Address address, std::vector<Die>& into);
  Die declaration(Die die) const;
  std::string path(std::uint32_t scope) const;

  const Library& lib_;
  std::vector<Scope> scopes_;
  std::unordered_map<std::uint64_t, std::uint32_t> scope_of_;  // by offset of the entry
  std::vector<Function> functions_;
};

}  // namespace sluice::checked::dwarf
