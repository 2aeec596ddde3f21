// Small questions to one entry (DIE) of debug information.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "debug/dwarf_library.hpp"

namespace sluice::checked::dwarf {

// An attribute of the entry itself or of the one that it is an instance of.
std::optional<std::uint64_t> number(const Library& lib, Die& die, unsigned attribute);
std::optional<Die> reference(const Library& lib, Die& die, unsigned attribute);
std::string linkage_name(const Library& lib, Die& die);

// The file that a file attribute (kAtDeclFile, kAtCallFile) names; empty when there is none.
std::string file(const Library& lib, Die& die, unsigned attribute);

// The only operation of a location attribute, if it is just one and the same everywhere.
std::optional<Op> single_op(const Library& lib, Die& die, unsigned attribute);
// Where something is at `pc`, as the module's debug information counts, or its first piece.
std::optional<Op> first_op(const Library& lib, Die& die, unsigned attribute, Address pc);

// Where a variable lies that has one place in its module; clang names the place by its index.
std::optional<Address> fixed_address(const Library& lib, Die& die);

// Calls `visit` for each child.
template <class Visit>
void for_each_child(const Library& lib, Die& parent, Visit visit) {
  Die child;
  if (lib.dwarf_child(&parent, &child) != 0) return;
  do {
    visit(child);
  } while (lib.dwarf_siblingof(&child, &child) == 0);
}

}  // namespace sluice::checked::dwarf
