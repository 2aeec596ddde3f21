#include "debug/debug_info.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>

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

std::string base_name(const char* path) {
  if (path == nullptr) return {};
  const char* slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

// Owns what dwarf_getscopes allocates.
using Scopes = std::unique_ptr<Die, void (*)(void*)>;

// The entries that enclose `address` as they were compiled, innermost first: blocks, inlined calls,
// the function.
int enclosing(const dwarf::Library& lib, Die* unit, dwarf::Address address, Scopes& into) {
  Die* found = nullptr;
  if (lib.dwarf_getscopes(unit, address, &found) <= 0) return 0;
  const Scopes innermost(found, std::free);
  // Above an inlined call, dwarf_getscopes goes on in the source's nesting; dwarf_getscopes_die
  // stays in the machine's.
  Die* chain = nullptr;
  const int count = lib.dwarf_getscopes_die(innermost.get(), &chain);
  into = Scopes(chain, std::free);
  return count;
}

std::string function_name(const dwarf::Library& lib, Die& die) {
  const std::string linkage = dwarf::linkage_name(lib, die);
  if (!linkage.empty()) return demangle(linkage.c_str());
  const char* name = lib.dwarf_diename(&die);
  return name == nullptr ? std::string() : shorten(name);
}

}  // namespace

DebugInfo* DebugInfo::of_this_process() {
  static DebugInfo* const info = []() -> DebugInfo* {
    const dwarf::Library* lib = dwarf::library();
    if (lib == nullptr) return nullptr;
    static const dwarf::Callbacks callbacks{lib->dwfl_linux_proc_find_elf, find_debuginfo, nullptr,
                                            nullptr};
    dwarf::Dwfl* dwfl = lib->dwfl_begin(&callbacks);
    if (dwfl == nullptr) return nullptr;
    return new DebugInfo(*lib, dwfl);
  }();
  return info;
}

dwarf::Module* DebugInfo::module_at(std::uintptr_t address) {
  dwarf::Module* module = lib_.dwfl_addrmodule(dwfl_, address);
  if (module != nullptr) return module;
  lib_.dwfl_report_begin(dwfl_);
  lib_.dwfl_linux_proc_report(dwfl_, ::getpid());
  lib_.dwfl_report_end(dwfl_, nullptr, nullptr);
  return lib_.dwfl_addrmodule(dwfl_, address);
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
  if (dwarf::Line* line = lib_.dwfl_module_getsrc(module, address); line != nullptr) {
    const char* file =
        lib_.dwfl_lineinfo(line, nullptr, &frame.line, &frame.column, nullptr, nullptr);
    if (file != nullptr) frame.file = file;
  }

  dwarf::Address bias = 0;
  Die* unit = lib_.dwfl_module_addrdie(module, address, &bias);
  Scopes scopes(nullptr, std::free);
  const int count = unit == nullptr ? 0 : enclosing(lib_, unit, address - bias, scopes);
  for (int i = 0; i < count; ++i) {
    Die& die = scopes.get()[i];
    const int tag = lib_.dwarf_tag(&die);
    if (tag == dwarf::kTagSubprogram) {
      frame.function = function_name(lib_, die);
      break;
    }
    if (tag != dwarf::kTagInlinedSubroutine) continue;
    frame.function = function_name(lib_, die);
    frame.inlined = true;
    frames.push_back(frame);
    frame.inlined = false;
    frame.function.clear();
    frame.file = dwarf::file(lib_, die, dwarf::kAtCallFile);
    frame.line = static_cast<int>(dwarf::number(lib_, die, dwarf::kAtCallLine).value_or(0));
    frame.column = static_cast<int>(dwarf::number(lib_, die, dwarf::kAtCallColumn).value_or(0));
  }
  // The symbol's name says more than an entry without a linkage name; it belongs to the outermost
  // frame.
  if (symbol_name != nullptr) {
    const std::string full = demangle(symbol_name);
    if (frame.function.empty() || full.size() > frame.function.size()) frame.function = full;
  }
  frames.push_back(frame);
  return frames;
}

Variable DebugInfo::local(std::uintptr_t pc, std::uintptr_t cfa, std::uintptr_t address) {
  dwarf::Module* module = module_at(pc);
  if (module == nullptr) return {};
  dwarf::Address bias = 0;
  Die* unit = lib_.dwfl_module_addrdie(module, pc, &bias);
  Scopes scopes(nullptr, std::free);
  const int count = unit == nullptr ? 0 : enclosing(lib_, unit, pc - bias, scopes);
  for (int i = 0; i < count; ++i) {
    Die& die = scopes.get()[i];
    if (lib_.dwarf_tag(&die) == dwarf::kTagSubprogram) {
      return dwarf::find_local(lib_, die, cfa, address);
    }
  }
  return {};
}

Variable DebugInfo::variable(std::uintptr_t address) {
  dwarf::Module* module = module_at(address);
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
