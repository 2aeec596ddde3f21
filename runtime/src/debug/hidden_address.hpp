// How checked mode notes addresses of things of the program's, that it does not keep alive.
#pragma once

#include <cstdint>

namespace sluice::checked {

// An address that does not count as a reference when memory is searched for those.
class HiddenAddress {
 public:
  HiddenAddress() = default;
  HiddenAddress(const void* address) : bits_(~reinterpret_cast<std::uintptr_t>(address)) {}
  operator const void*() const { return reinterpret_cast<const void*>(~bits_); }

 private:
  std::uintptr_t bits_ = ~std::uintptr_t{0};
};

}  // namespace sluice::checked
