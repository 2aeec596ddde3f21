#include "debug/dwarf_unit.hpp"

#include <algorithm>
#include <string_view>

#include "debug/demangle.hpp"
#include "debug/dwarf_die.hpp"

namespace sluice::checked::dwarf {

Unit::Unit(const Library& lib, Die unit) : lib_(lib) { walk(unit, kNoParent); }

void Unit::walk(Die& parent, std::uint32_t scope) {
  for_each_child(lib_, parent, [&](Die& child) {
    const int tag = lib_.dwarf_tag(&child);
    switch (tag) {
      case kTagNamespace:
      case kTagStructureType:
      case kTagClassType:
      case kTagUnionType:
      case kTagSubprogram: {
        const auto index = static_cast<std::uint32_t>(scopes_.size());
        scopes_.push_back({scope, lib_.dwarf_diename(&child), tag, child});
        scope_of_[lib_.dwarf_dieoffset(&child)] = index;
        if (tag == kTagSubprogram) {
          Address base = 0, low = 0, high = 0;
          for (std::ptrdiff_t i = 0; (i = lib_.dwarf_ranges(&child, i, &base, &low, &high)) > 0;) {
            functions_.push_back({low, high, child});
          }
        }
        walk(child, index);
        break;
      }
      case kTagLexicalBlock:
        walk(child, scope);  // a local class may stand in it
        break;
      default:
        break;
    }
  });
}

std::vector<Die> Unit::enclosing(Address address) {
  std::vector<Die> chain;
  const auto function = std::find_if(functions_.begin(), functions_.end(), [&](const Function& f) {
    return f.low <= address && address < f.high;
  });
  if (function == functions_.end()) return chain;
  chain.push_back(function->die);
  descend(function->die, address, chain);
  std::reverse(chain.begin(), chain.end());
  return chain;
}

void Unit::descend(Die& parent, Address address, std::vector<Die>& into) {
  for_each_child(lib_, parent, [&](Die& child) {
    const int tag = lib_.dwarf_tag(&child);
    if (tag != kTagLexicalBlock && tag != kTagInlinedSubroutine) return;
    if (lib_.dwarf_haspc(&child, address) <= 0) return;
    into.push_back(child);
    descend(child, address, into);
  });
}

// From the instance to the abstract function to its declaration, which stands where it was written.
Die Unit::declaration(Die at) const {
  for (const unsigned step : {kAtAbstractOrigin, kAtAbstractOrigin, kAtSpecification}) {
    Attribute attribute;
    Die target;
    if (lib_.dwarf_attr(&at, step, &attribute) != nullptr &&
        lib_.dwarf_formref_die(&attribute, &target) != nullptr) {
      at = target;
    }
  }
  return at;
}

std::string Unit::path(std::uint32_t scope) const {
  std::vector<std::string> parts;
  for (std::uint32_t at = scope; at != kNoParent; at = scopes_[at].parent) {
    if (scopes_[at].tag == kTagSubprogram) {
      Die declared = declaration(scopes_[at].die);
      const auto found = scope_of_.find(lib_.dwarf_dieoffset(&declared));
      if (found != scope_of_.end()) at = found->second;
    }
    const std::string_view name = scopes_[at].name == nullptr ? "" : scopes_[at].name;
    const bool type = scopes_[at].tag != kTagNamespace && scopes_[at].tag != kTagSubprogram;
    // A closure's type has no name, or one like "<lambda(int)>".
    const bool closure = type && (name.empty() || name.starts_with("<lambda"));
    if (name == "operator()" && scopes_[at].parent != kNoParent) {
      const Scope& parent = scopes_[scopes_[at].parent];
      if (parent.name == nullptr || std::string_view(parent.name).starts_with("<lambda")) continue;
    }
    if (name.empty() && !closure) continue;  // an unnamed namespace
    parts.push_back(closure ? "{lambda}" : shorten(name));
  }
  std::string text;
  for (std::size_t i = parts.size(); i-- > 0;) text += (text.empty() ? "" : "::") + parts[i];
  return text;
}

std::string Unit::name(Die& function) {
  Die at = declaration(function);
  const auto scope = scope_of_.find(lib_.dwarf_dieoffset(&at));
  std::string qualified = scope == scope_of_.end() ? std::string() : path(scope->second);
  if (qualified.find("::") != std::string::npos) return qualified;
  const std::string linkage = linkage_name(lib_, function);
  if (!linkage.empty()) return demangle(linkage.c_str());
  if (!qualified.empty()) return qualified;
  const char* plain = lib_.dwarf_diename(&function);
  return plain == nullptr ? std::string() : shorten(plain);
}

}  // namespace sluice::checked::dwarf
