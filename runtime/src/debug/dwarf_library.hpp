// libdw as a table of functions, loaded when first asked, with its types declared here: building
// the runtime needs no header of elfutils, and running it needs the library only when a report is
// rendered.
#pragma once

#include <elf.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace sluice::checked::dwarf {

struct Dwfl;
struct Module;
struct Line;
struct Files;
struct Debug;  // `Dwarf` in libdw: the debug information of one module

using Address = std::uint64_t;

// Layouts as in elfutils/libdw.h; libdw keeps them stable.
struct Die {
  void* addr;
  void* cu;
  void* abbrev;
  long padding;
};
struct Attribute {
  unsigned code;
  unsigned form;
  unsigned char* value;
  void* cu;
};
struct Op {
  std::uint8_t atom;
  std::uint64_t number;
  std::uint64_t number2;
  std::uint64_t offset;
};
struct Callbacks {
  int (*find_elf)(Module*, void**, const char*, Address, char**, void**);
  int (*find_debuginfo)(Module*, void**, const char*, Address, const char*, const char*,
                        std::uint32_t, char**);
  int (*section_address)(Module*, void**, const char*, Address, const char*, std::uint32_t,
                         const void*, Address*);
  char** debuginfo_path;
};

// The few numbers of the DWARF standard that the symbolizer needs.
inline constexpr int kTagArrayType = 0x01, kTagClassType = 0x02, kTagLexicalBlock = 0x0b,
                     kTagMember = 0x0d, kTagStructureType = 0x13, kTagUnionType = 0x17,
                     kTagInheritance = 0x1c, kTagInlinedSubroutine = 0x1d, kTagSubprogram = 0x2e,
                     kTagVariable = 0x34, kTagFormalParameter = 0x05, kTagNamespace = 0x39;
inline constexpr unsigned kAtLocation = 0x02, kAtAbstractOrigin = 0x31, kAtByteSize = 0x0b,
                          kAtMemberLocation = 0x38, kAtFrameBase = 0x40, kAtDeclFile = 0x3a,
                          kAtDeclLine = 0x3b, kAtSpecification = 0x47, kAtType = 0x49,
                          kAtCallColumn = 0x57, kAtCallFile = 0x58, kAtCallLine = 0x59,
                          kAtLinkageName = 0x6e;
inline constexpr std::uint8_t kOpAddr = 0x03, kOpReg6 = 0x56, kOpBreg6 = 0x76, kOpFbreg = 0x91,
                              kOpPiece = 0x93, kOpCallFrameCfa = 0x9c, kOpAddrx = 0xa1;

struct Library {
  Dwfl* (*dwfl_begin)(const Callbacks*);
  void (*dwfl_end)(Dwfl*);
  void (*dwfl_report_begin)(Dwfl*);
  int (*dwfl_linux_proc_report)(Dwfl*, pid_t);
  int (*dwfl_report_end)(Dwfl*, void*, void*);
  int (*dwfl_linux_proc_find_elf)(Module*, void**, const char*, Address, char**, void**);
  int (*dwfl_standard_find_debuginfo)(Module*, void**, const char*, Address, const char*,
                                      const char*, std::uint32_t, char**);
  Module* (*dwfl_addrmodule)(Dwfl*, Address);
  const char* (*dwfl_module_info)(Module*, void***, Address*, Address*, Address*, Address*,
                                  const char**, const char**);
  const char* (*dwfl_module_addrinfo)(Module*, Address, std::uint64_t*, Elf64_Sym*, std::uint32_t*,
                                      void**, Address*);
  Die* (*dwfl_module_addrdie)(Module*, Address, Address*);
  Die* (*dwfl_module_nextcu)(Module*, Die*, Address*);
  Line* (*dwarf_getsrc_die)(Die*, Address);
  const char* (*dwarf_linesrc)(Line*, std::uint64_t*, std::uint64_t*);
  int (*dwarf_lineno)(Line*, int*);
  int (*dwarf_linecol)(Line*, int*);
  int (*dwarf_haspc)(Die*, Address);
  std::ptrdiff_t (*dwarf_ranges)(Die*, std::ptrdiff_t, Address*, Address*, Address*);
  std::uint64_t (*dwarf_dieoffset)(Die*);
  int (*dwarf_tag)(Die*);
  const char* (*dwarf_diename)(Die*);
  Die* (*dwarf_diecu)(Die*, Die*, std::uint8_t*, std::uint8_t*);
  Attribute* (*dwarf_attr)(Die*, unsigned, Attribute*);
  Attribute* (*dwarf_attr_integrate)(Die*, unsigned, Attribute*);
  const char* (*dwarf_formstring)(Attribute*);
  int (*dwarf_formudata)(Attribute*, std::uint64_t*);
  Die* (*dwarf_formref_die)(Attribute*, Die*);
  int (*dwarf_peel_type)(Die*, Die*);
  int (*dwarf_aggregate_size)(Die*, std::uint64_t*);
  int (*dwarf_child)(Die*, Die*);
  int (*dwarf_siblingof)(Die*, Die*);
  int (*dwarf_getlocation)(Attribute*, Op**, std::size_t*);
  int (*dwarf_getlocation_addr)(Attribute*, Address, Op**, std::size_t*, std::size_t);
  int (*dwarf_getlocation_attr)(Attribute*, const Op*, Attribute*);
  int (*dwarf_formaddr)(Attribute*, Address*);
  int (*dwarf_getsrcfiles)(Die*, Files**, std::size_t*);
  const char* (*dwarf_filesrc)(Files*, std::size_t, std::uint64_t*, std::uint64_t*);
};

// Null when libdw is not installed or lacks a function. The first call loads it; it is never
// unloaded.
const Library* library();

}  // namespace sluice::checked::dwarf
