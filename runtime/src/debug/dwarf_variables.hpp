// Which variable lies at an address, by debug information: globals by their address, locals by
// their place in a frame, members by the path to them.
#pragma once

#include <cstdint>

#include "debug/dwarf_library.hpp"
#include "debug/symbolize.hpp"

namespace sluice::checked::dwarf {

// For the global that starts at `start`: where it is declared, and as the name the path from it to
// the member `offset` bytes in, such as ".accounts_" or "[2].mu"; the global's own name is not part
// of it.
Variable find_global(const Library& lib, Module* module, std::uintptr_t start,
                     std::uintptr_t offset);

// The local of `function`, in any of its blocks and inlined calls, that `address` lies in while the
// function is at `pc`: blocks that are not in use at the same time share the places of the frame.
// Only locals that live in the frame at a fixed place are seen.
Variable find_local(const Library& lib, Die& function, Address pc, std::uintptr_t cfa,
                    std::uintptr_t address);

}  // namespace sluice::checked::dwarf
