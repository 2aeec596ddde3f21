// On how many processors this process may run.
#pragma once

namespace sluice::base {

// Those that its affinity leaves it; all that are online if that can't be asked. At least 1.
int usable_processors() noexcept;

}  // namespace sluice::base
