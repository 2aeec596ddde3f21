// From names to addresses, with the system's help.
#pragma once

#include <string_view>
#include <system_error>
#include <vector>

#include "net/address.hpp"
#include "sched/park.hpp"
#include "sluice/net.hpp"

namespace sluice::detail {

// Whom the addresses are for: who calls there, or who waits there for calls.
enum class ResolveFor : std::uint8_t { dialing, listening };

struct Addresses {
  std::vector<Address> all;
  std::error_code error;
};

// All that "host:port" or a path means on that network. Parks while the system is asked, unless
// there is nothing to ask. `ctx` may be null.
Addresses resolve(const Context* ctx, std::string_view network, std::string_view text,
                  ResolveFor who, const CallSite& site);

// By name alone.
Addresses resolve_host(const Context* ctx, std::string_view name, const CallSite& site);

}  // namespace sluice::detail
