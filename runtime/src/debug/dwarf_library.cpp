#include "debug/dwarf_library.hpp"

#include <dlfcn.h>

#include <cstdlib>

namespace sluice::checked::dwarf {
namespace {

template <class Function>
bool find(void* handle, const char* name, Function& into) {
  into = reinterpret_cast<Function>(::dlsym(handle, name));
  return into != nullptr;
}

bool load(Library& lib) {
  void* handle = ::dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return false;
#define SLUICE_FIND(function) find(handle, #function, lib.function)
  const bool whole =
      SLUICE_FIND(dwfl_begin) && SLUICE_FIND(dwfl_end) && SLUICE_FIND(dwfl_report_begin) &&
      SLUICE_FIND(dwfl_linux_proc_report) && SLUICE_FIND(dwfl_report_end) &&
      SLUICE_FIND(dwfl_linux_proc_find_elf) && SLUICE_FIND(dwfl_standard_find_debuginfo) &&
      SLUICE_FIND(dwfl_addrmodule) && SLUICE_FIND(dwfl_module_info) &&
      SLUICE_FIND(dwfl_module_addrinfo) && SLUICE_FIND(dwfl_module_addrdie) &&
      SLUICE_FIND(dwfl_module_nextcu) && SLUICE_FIND(dwarf_getsrc_die) &&
      SLUICE_FIND(dwarf_linesrc) && SLUICE_FIND(dwarf_lineno) && SLUICE_FIND(dwarf_linecol) &&
      SLUICE_FIND(dwarf_haspc) && SLUICE_FIND(dwarf_ranges) && SLUICE_FIND(dwarf_dieoffset) &&
      SLUICE_FIND(dwarf_tag) && SLUICE_FIND(dwarf_diename) && SLUICE_FIND(dwarf_diecu) &&
      SLUICE_FIND(dwarf_attr) && SLUICE_FIND(dwarf_attr_integrate) &&
      SLUICE_FIND(dwarf_formstring) && SLUICE_FIND(dwarf_formudata) &&
      SLUICE_FIND(dwarf_formref_die) && SLUICE_FIND(dwarf_peel_type) &&
      SLUICE_FIND(dwarf_aggregate_size) && SLUICE_FIND(dwarf_child) &&
      SLUICE_FIND(dwarf_siblingof) && SLUICE_FIND(dwarf_getlocation) &&
      SLUICE_FIND(dwarf_getlocation_addr) && SLUICE_FIND(dwarf_getlocation_attr) &&
      SLUICE_FIND(dwarf_formaddr) && SLUICE_FIND(dwarf_getsrcfiles) && SLUICE_FIND(dwarf_filesrc);
#undef SLUICE_FIND
  return whole;
}

}  // namespace

const Library* library() {
  static Library table;
  // A test of what happens without libdw needs a way to go without it.
  static const bool loaded = std::getenv("SLUICE_NO_LIBDW") == nullptr && load(table);
  return loaded ? &table : nullptr;
}

}  // namespace sluice::checked::dwarf
