#include "debug/dwarf_die.hpp"

namespace sluice::checked::dwarf {

std::optional<std::uint64_t> number(const Library& lib, Die& die, unsigned attribute) {
  Attribute found;
  std::uint64_t value = 0;
  if (lib.dwarf_attr_integrate(&die, attribute, &found) == nullptr) return std::nullopt;
  if (lib.dwarf_formudata(&found, &value) != 0) return std::nullopt;
  return value;
}

std::optional<Die> reference(const Library& lib, Die& die, unsigned attribute) {
  Attribute found;
  Die target;
  if (lib.dwarf_attr_integrate(&die, attribute, &found) == nullptr) return std::nullopt;
  if (lib.dwarf_formref_die(&found, &target) == nullptr) return std::nullopt;
  return target;
}

std::string linkage_name(const Library& lib, Die& die) {
  Attribute found;
  if (lib.dwarf_attr_integrate(&die, kAtLinkageName, &found) == nullptr) return {};
  const char* text = lib.dwarf_formstring(&found);
  return text == nullptr ? std::string() : std::string(text);
}

std::string file(const Library& lib, Die& die, unsigned attribute) {
  // The number indexes the table of the unit in which the attribute stands, which is not always the
  // unit of `die`.
  Attribute found;
  std::uint64_t index = 0;
  if (lib.dwarf_attr_integrate(&die, attribute, &found) == nullptr) return {};
  if (lib.dwarf_formudata(&found, &index) != 0) return {};
  Die in_unit = die;
  in_unit.cu = found.cu;
  Die unit;
  if (lib.dwarf_diecu(&in_unit, &unit, nullptr, nullptr) == nullptr) return {};
  Files* files = nullptr;
  std::size_t count = 0;
  if (lib.dwarf_getsrcfiles(&unit, &files, &count) != 0 || index >= count) return {};
  const char* name = lib.dwarf_filesrc(files, index, nullptr, nullptr);
  return name == nullptr ? std::string() : std::string(name);
}

std::optional<Op> single_op(const Library& lib, Die& die, unsigned attribute) {
  Attribute found;
  Op* ops = nullptr;
  std::size_t count = 0;
  if (lib.dwarf_attr(&die, attribute, &found) == nullptr) return std::nullopt;
  if (lib.dwarf_getlocation(&found, &ops, &count) != 0 || count != 1) return std::nullopt;
  return ops[0];
}

std::optional<Op> first_op(const Library& lib, Die& die, unsigned attribute, Address pc) {
  Attribute found;
  Op* ops = nullptr;
  std::size_t count = 0;
  if (lib.dwarf_attr(&die, attribute, &found) == nullptr) return std::nullopt;
  if (lib.dwarf_getlocation_addr(&found, pc, &ops, &count, 1) != 1 || count == 0 ||
      (count > 1 && ops[1].atom != kOpPiece)) {
    return std::nullopt;
  }
  return ops[0];
}

std::optional<Address> fixed_address(const Library& lib, Die& die) {
  Attribute found;
  Op* ops = nullptr;
  std::size_t count = 0;
  if (lib.dwarf_attr(&die, kAtLocation, &found) == nullptr) return std::nullopt;
  if (lib.dwarf_getlocation(&found, &ops, &count) != 0 || count != 1) return std::nullopt;
  if (ops->atom == kOpAddr) return ops->number;
  Attribute entry;
  Address address = 0;
  if (ops->atom != kOpAddrx || lib.dwarf_getlocation_attr(&found, ops, &entry) != 0 ||
      lib.dwarf_formaddr(&entry, &address) != 0) {
    return std::nullopt;
  }
  return address;
}

}  // namespace sluice::checked::dwarf
