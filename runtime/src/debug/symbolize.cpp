#include "debug/symbolize.hpp"

#include <dlfcn.h>

#include <cctype>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "debug/debug_info.hpp"
#include "debug/demangle.hpp"

namespace sluice::checked {
namespace {

// One lock for libdw and for the memory of what was asked before: goroutines share most of their
// frames.
struct Known {
  std::mutex lock;
  std::unordered_map<std::uintptr_t, std::vector<Frame>> frames;
};
Known& known() {
  static Known* const table = new Known;  // reports come during exit too, so it is never destroyed
  return *table;
}

// What the dynamic linker knows: exported names only.
Frame by_dynamic_linker(std::uintptr_t address) {
  Frame frame;
  Dl_info info;
  if (::dladdr(reinterpret_cast<void*>(address), &info) == 0) return frame;
  if (info.dli_fname != nullptr) {
    const char* slash = std::strrchr(info.dli_fname, '/');
    frame.module = slash == nullptr ? info.dli_fname : slash + 1;
  }
  if (info.dli_sname != nullptr) {
    frame.function = demangle(info.dli_sname);
    frame.offset = address - reinterpret_cast<std::uintptr_t>(info.dli_saddr);
  } else {
    frame.offset = address - reinterpret_cast<std::uintptr_t>(info.dli_fbase);
  }
  return frame;
}

}  // namespace

std::vector<Frame> symbolize(const void* pc, PcKind kind) {
  // A return address is that of the instruction after the call, which may belong to the next line
  // or function.
  const std::uintptr_t address =
      reinterpret_cast<std::uintptr_t>(pc) - (kind == PcKind::return_address ? 1 : 0);
  Known& table = known();
  const std::lock_guard guard(table.lock);
  std::vector<Frame>& frames = table.frames[address];
  if (frames.empty()) {
    if (DebugInfo* info = DebugInfo::of_this_process(); info != nullptr) {
      frames = info->frames(address);
    }
    if (frames.empty()) frames.push_back(by_dynamic_linker(address));
    for (Frame& frame : frames) {
      frame.pc = pc;
      if (kind == PcKind::return_address) ++frame.offset;
    }
  }
  return frames;
}

bool is_internal(const Frame& frame) {
  const auto in = [&](const char* folder) { return frame.file.find(folder) != std::string::npos; };
  if (in("include/sluice/") || in("/include/c++/") || in("/bits/gthr")) return true;
  if (!is_internal(frame.function)) return false;
  // Code of the runtime's users may be in its namespace: its own tests are.
  return !frame.function.starts_with("sluice::") || frame.file.empty() || in("runtime/src/");
}

bool is_shown(const Frame& frame) {
  if (!is_internal(frame)) return true;
  std::string_view name = frame.function;
  if (!name.starts_with("sluice::")) return false;
  name.remove_prefix(8);
  const std::size_t colons = name.find("::");
  return colons == std::string_view::npos || std::isupper(static_cast<unsigned char>(name[0]));
}

Variable symbolize_global(const void* address) {
  const std::lock_guard guard(known().lock);
  const auto where = reinterpret_cast<std::uintptr_t>(address);
  if (DebugInfo* info = DebugInfo::of_this_process(); info != nullptr) return info->variable(where);
  Dl_info found;
  const Elf64_Sym* symbol = nullptr;
  Variable variable;
  if (::dladdr1(address, &found, reinterpret_cast<void**>(const_cast<Elf64_Sym**>(&symbol)),
                RTLD_DL_SYMENT) != 0 &&
      found.dli_sname != nullptr && symbol != nullptr &&
      where - reinterpret_cast<std::uintptr_t>(found.dli_saddr) < symbol->st_size) {
    variable.name = demangle(found.dli_sname);
  }
  return variable;
}

Variable symbolize_local(const void* pc, std::uintptr_t cfa, const void* address) {
  const std::lock_guard guard(known().lock);
  DebugInfo* info = DebugInfo::of_this_process();
  if (info == nullptr) return {};
  return info->local(reinterpret_cast<std::uintptr_t>(pc) - 1, cfa,
                     reinterpret_cast<std::uintptr_t>(address));
}

std::string symbolizer_note() {
  const std::lock_guard guard(known().lock);
  if (DebugInfo::of_this_process() != nullptr) return {};
  return "install libdw1 for names and lines";
}

}  // namespace sluice::checked
