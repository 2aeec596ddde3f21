#include "debug/debug_info.hpp"

#include <link.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "debug/demangle.hpp"
#include "debug/dwarf_die.hpp"
#include "debug/dwarf_variables.hpp"

namespace sluice::checked {
namespace {

using dwarf::Die;

// debuginfod would fetch from the network in the middle of a report.
int find_debuginfo(dwarf::Module* module, void** data, const char* name, dwarf::Address base,
                   const char* file, const char* link, std::uint32_t crc, char** found) {
  if (std::getenv("DEBUGINFOD_URLS") != nullptr) return -1;
  return dwarf::library()->dwfl_standard_find_debuginfo(module, data, name, base, file, link, crc,
                                                        found);
}

// Goes up by one with each library that is loaded.
unsigned long long libraries_loaded() {
  unsigned long long loads = 0;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* into) {
        *static_cast<unsigned long long*>(into) = info->dlpi_adds;
        return 1;
      },
      &loads);
  return loads;
}

// An address in the first segment of the library or executable that `address` is part of; `address`
// itself when it is part of none. libdw knows a module by what is mapped from its file, and that
// leaves out zero-initialised variables.
std::uintptr_t anchor_of(std::uintptr_t address) {
  struct Search {
    std::uintptr_t address, anchor;
  } search{address, address};
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        auto& wanted = *static_cast<Search*>(argument);
        std::uintptr_t first = 0;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = info->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD) continue;
          const std::uintptr_t start = info->dlpi_addr + segment.p_vaddr;
          if (first == 0) first = start;
          if (wanted.address < start || wanted.address - start >= segment.p_memsz) continue;
          wanted.anchor = first;
          return 1;
        }
        return 0;
      },
      &search);
  return search.anchor;
}

std::string base_name(const char* path) {
  if (path == nullptr) return {};
  const char* slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

}  // namespace

DebugInfo* DebugInfo::of_this_process() {
  static DebugInfo* const info = []() -> DebugInfo* {
    const dwarf::Library* lib = dwarf::library();
    return lib == nullptr ? nullptr : new DebugInfo(*lib);
  }();
  return info;
}

// A session keeps the modules that it was told of at its beginning: telling it of more would move
// them, and all that points into them. When a library has been loaded since, another session takes
// over.
void DebugInfo::begin_session() {
  static const dwarf::Callbacks callbacks{lib_.dwfl_linux_proc_find_elf, find_debuginfo, nullptr,
                                          nullptr};
  units_.clear();
  if (dwfl_ != nullptr) lib_.dwfl_end(dwfl_);
  dwfl_ = lib_.dwfl_begin(&callbacks);
  if (dwfl_ == nullptr) return;
  lib_.dwfl_report_begin(dwfl_);
  lib_.dwfl_linux_proc_report(dwfl_, ::getpid());
  lib_.dwfl_report_end(dwfl_, nullptr, nullptr);
}

dwarf::Module* DebugInfo::module_at(std::uintptr_t address) {
  dwarf::Module* module = dwfl_ == nullptr ? nullptr : lib_.dwfl_addrmodule(dwfl_, address);
  if (module != nullptr) return module;
  const unsigned long long loads = libraries_loaded();
  if (loads == loads_) return nullptr;
  loads_ = loads;
  begin_session();
  return dwfl_ == nullptr ? nullptr : lib_.dwfl_addrmodule(dwfl_, address);
}

// libdw looks units up in .debug_aranges, which clang does not write, and takes a gap between the
// ranges of two units for the first one's: what it names must be asked, and failing that each unit.
Die* DebugInfo::unit_die_at(dwarf::Module* module, std::uintptr_t address, dwarf::Address& bias) {
  Die* named = lib_.dwfl_module_addrdie(module, address, &bias);
  if (named != nullptr && lib_.dwarf_haspc(named, address - bias) > 0) return named;
  Die* unit = lib_.dwfl_module_nextcu(module, nullptr, &bias);
  while (unit != nullptr && lib_.dwarf_haspc(unit, address - bias) <= 0) {
    unit = lib_.dwfl_module_nextcu(module, unit, &bias);
  }
  return unit;
}

dwarf::Unit* DebugInfo::unit_at(dwarf::Module* module, std::uintptr_t address,
                                dwarf::Address& bias) {
  Die* die = unit_die_at(module, address, bias);
  if (die == nullptr) return nullptr;
  std::unique_ptr<dwarf::Unit>& unit = units_[die->addr];
  if (unit == nullptr) unit = std::make_unique<dwarf::Unit>(lib_, *die);
  return unit.get();
}

void DebugInfo::line_in_unit(dwarf::Module* module, std::uintptr_t address, Frame& frame) {
  dwarf::Address bias = 0;
  Die* unit = unit_die_at(module, address, bias);
  dwarf::Line* line = unit == nullptr ? nullptr : lib_.dwarf_getsrc_die(unit, address - bias);
  if (line == nullptr) return;
  if (const char* file = lib_.dwarf_linesrc(line, nullptr, nullptr)) frame.file = file;
  lib_.dwarf_lineno(line, &frame.line);
  lib_.dwarf_linecol(line, &frame.column);
}

std::vector<Frame> DebugInfo::frames(std::uintptr_t address) {
  std::vector<Frame> frames;
  dwarf::Module* module = module_at(address);
  if (module == nullptr) return frames;

  Frame frame;
  frame.module = base_name(
      lib_.dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr));
  std::uint64_t offset = 0;
  Elf64_Sym symbol;
  const char* symbol_name =
      lib_.dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
  if (symbol_name != nullptr) frame.offset = offset;
  line_in_unit(module, address, frame);

  dwarf::Address bias = 0;
  dwarf::Unit* unit = unit_at(module, address, bias);
  std::vector<Die> enclosing;
  if (unit != nullptr) enclosing = unit->enclosing(address - bias);
  for (Die& die : enclosing) {
    const int tag = lib_.dwarf_tag(&die);
    if (tag == dwarf::kTagSubprogram) frame.function = unit->name(die);
    if (tag != dwarf::kTagInlinedSubroutine) continue;
    frame.function = unit->name(die);
    frame.inlined = true;
    frames.push_back(frame);
    frame.inlined = false;
    frame.function.clear();
    frame.file = dwarf::file(lib_, die, dwarf::kAtCallFile);
    frame.line = static_cast<int>(dwarf::number(lib_, die, dwarf::kAtCallLine).value_or(0));
    frame.column = static_cast<int>(dwarf::number(lib_, die, dwarf::kAtCallColumn).value_or(0));
  }
  if (frame.function.empty() && symbol_name != nullptr) frame.function = demangle(symbol_name);
  frames.push_back(frame);
  return frames;
}

Variable DebugInfo::local(std::uintptr_t pc, std::uintptr_t cfa, std::uintptr_t address) {
  dwarf::Module* module = module_at(pc);
  if (module == nullptr) return {};
  dwarf::Address bias = 0;
  dwarf::Unit* unit = unit_at(module, pc, bias);
  if (unit == nullptr) return {};
  std::vector<Die> enclosing = unit->enclosing(pc - bias);
  if (enclosing.empty()) return {};
  return dwarf::find_local(lib_, enclosing.back(), pc - bias, cfa, address);
}

Variable DebugInfo::variable(std::uintptr_t address) {
  dwarf::Module* module = module_at(anchor_of(address));
  if (module == nullptr) return {};
  std::uint64_t offset = 0;
  Elf64_Sym symbol;
  const char* name =
      lib_.dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
  if (name == nullptr || ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT || offset >= symbol.st_size) {
    return {};
  }
  Variable variable = dwarf::find_global(lib_, module, address - offset, offset);
  variable.name.insert(0, demangle(name));
  return variable;
}

}  // namespace sluice::checked
