#include "debug/dwarf_variables.hpp"

#include <time.h>

#include <string_view>

#include "base/sanitizers.hpp"
#include "debug/dwarf_die.hpp"

namespace sluice::checked::dwarf {
namespace {

// Names below are the last step of a path: what is inside a Mutex is no business of the reader.
bool is_runtime_type(std::string_view name) {
  for (const std::string_view known :
       {"Mutex", "RWMutex", "WaitGroup", "Once", "Cond", "Semaphore"}) {
    if (name == known) return true;
  }
  return false;
}

// That this thread has used, in nanoseconds.
std::int64_t thread_time() {
  timespec time;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

std::uint64_t size_of(const Library& lib, Die& type) {
  std::uint64_t size = 0;
  return lib.dwarf_aggregate_size(&type, &size) == 0 ? size : 0;
}

bool type_of(const Library& lib, Die& die, Die& into) {
  std::optional<Die> type = reference(lib, die, kAtType);
  return type.has_value() && lib.dwarf_peel_type(&*type, &into) == 0;
}

// Follows members and elements of `type` down to `offset`, writing the way. True when it ends at
// the start of one of the runtime's types.
bool path_to(const Library& lib, Die type, std::uint64_t offset, std::string& path) {
  for (int depth = 0; depth < 16; ++depth) {
    const char* name = lib.dwarf_diename(&type);
    if (name != nullptr && is_runtime_type(name)) return offset == 0;
    const int tag = lib.dwarf_tag(&type);
    Die next;
    bool found = false;
    if (tag == kTagArrayType) {
      if (!type_of(lib, type, next)) return false;
      const std::uint64_t size = size_of(lib, next);
      if (size == 0) return false;
      path += "[" + std::to_string(offset / size) + "]";
      offset %= size;
      found = true;
    } else if (tag == kTagStructureType || tag == kTagClassType || tag == kTagUnionType) {
      std::string step;
      for_each_child(lib, type, [&](Die& member) {
        const int kind = lib.dwarf_tag(&member);
        if (found || (kind != kTagMember && kind != kTagInheritance)) return;
        Die member_type;
        if (!type_of(lib, member, member_type)) return;
        const std::uint64_t at = number(lib, member, kAtMemberLocation).value_or(0);
        if (offset < at || offset - at >= size_of(lib, member_type)) return;
        const char* member_name = kind == kTagMember ? lib.dwarf_diename(&member) : nullptr;
        // The one member of std::array says nothing that the index does not.
        if (member_name != nullptr && std::string_view(member_name) != "_M_elems") {
          step = std::string(".") + member_name;
        }
        next = member_type;
        offset -= at;
        found = true;
      });
      path += step;
    }
    if (!found) return false;
    type = next;
  }
  return false;
}

struct GlobalSearch {
  const Library& lib;
  Address target;  // as the module's debug information counts
  std::int64_t give_up;
  bool found = false;
  Die die{};

  // Globals stand in units and namespaces, function-local statics below functions.
  void visit(Die& parent) {
    for_each_child(lib, parent, [&](Die& child) {
      if (found) return;
      switch (lib.dwarf_tag(&child)) {
        case kTagVariable:
          if (fixed_address(lib, child) == target) {
            die = child;
            found = true;
          }
          break;
        case kTagNamespace:
        case kTagSubprogram:
        case kTagLexicalBlock:
        case kTagInlinedSubroutine:
          visit(child);
          break;
        default:
          break;
      }
    });
  }
};

}  // namespace

Variable find_global(const Library& lib, Module* module, std::uintptr_t start,
                     std::uintptr_t offset) {
  // Half a second of the processor is what a name may cost in a program with a very large amount of
  // debug information.
  constexpr std::int64_t kMost = SLUICE_TSAN || SLUICE_ASAN ? 10'000'000'000 : 500'000'000;
  GlobalSearch search{lib, 0, thread_time() + kMost};
  Address bias = 0;
  for (Die* unit = lib.dwfl_module_nextcu(module, nullptr, &bias); unit != nullptr;
       unit = lib.dwfl_module_nextcu(module, unit, &bias)) {
    search.target = start - bias;
    search.visit(*unit);
    if (search.found || thread_time() > search.give_up) break;
  }
  Variable variable;
  if (!search.found) return variable;
  variable.file = file(lib, search.die, kAtDeclFile);
  variable.line = static_cast<int>(number(lib, search.die, kAtDeclLine).value_or(0));
  Die type;
  if (type_of(lib, search.die, type)) path_to(lib, type, offset, variable.name);
  return variable;
}

namespace {

struct LocalSearch {
  const Library& lib;
  std::uintptr_t frame_base;
  std::uint8_t base_register;  // an offset from it says the same as one from the base; 0: none
  std::uintptr_t address;
  Address pc;                 // as the module's debug information counts
  Variable here{};            // of a block or inlined call that pc is in
  Variable elsewhere{};       // of another one, which may use the same place in its turn
  bool contradicted = false;  // by another one of another name

  void consider(Die& die, bool in_scope) {
    const std::optional<Op> op = first_op(lib, die, kAtLocation, pc);
    if (!op.has_value() || (op->atom != kOpFbreg && op->atom != base_register)) return;
    const std::uintptr_t start = frame_base + static_cast<std::uintptr_t>(op->number);
    Die type;
    if (!type_of(lib, die, type)) return;
    const char* name = lib.dwarf_diename(&die);
    if (name == nullptr || address < start || address - start >= size_of(lib, type)) return;
    std::string path;
    // A frame's place is used by several variables in turn; only one that ends in a type of the
    // runtime is meant.
    if (!path_to(lib, type, address - start, path)) return;
    Variable found;
    found.name = name + path;
    found.file = file(lib, die, kAtDeclFile);
    found.line = static_cast<int>(number(lib, die, kAtDeclLine).value_or(0));
    if (in_scope) {
      here = found;
    } else {
      contradicted = contradicted || (!elsewhere.name.empty() && elsewhere.name != found.name);
      elsewhere = found;
    }
  }

  void visit(Die& parent, bool in_scope) {
    for_each_child(lib, parent, [&](Die& child) {
      switch (lib.dwarf_tag(&child)) {
        case kTagVariable:
        case kTagFormalParameter:
          consider(child, in_scope);
          break;
        case kTagLexicalBlock:
        case kTagInlinedSubroutine:
          visit(child, in_scope && lib.dwarf_haspc(&child, pc) > 0);
          break;
        default:
          break;
      }
    });
  }
};

}  // namespace

Variable find_local(const Library& lib, Die& function, Address pc, std::uintptr_t cfa,
                    std::uintptr_t address) {
  const std::optional<Op> base = single_op(lib, function, kAtFrameBase);
  if (!base.has_value()) return {};
  LocalSearch search{lib, 0, 0, address, pc};
  if (base->atom == kOpCallFrameCfa) {
    search.frame_base = cfa;
#if defined(__x86_64__)
  } else if (base->atom == kOpReg6) {
    // rbp, which points at the saved rbp below the return address.
    search.frame_base = cfa - 16;
    search.base_register = kOpBreg6;
#endif
  } else {
    return {};
  }
  search.visit(function, true);
  if (!search.here.name.empty()) return search.here;
  // Optimised code may belong to no block; then the only name that the place has is the right one.
  return search.contradicted ? Variable{} : search.elsewhere;
}

}  // namespace sluice::checked::dwarf
