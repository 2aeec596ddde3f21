// SL122: a lock, a Once, a Cond or a Semaphore that ends while somebody holds it or waits for it.
#pragma once

#include "debug/lock_misuse.hpp"

namespace sluice::checked {

// The runtime says that the object is in use, and `event` that it ends.
void report_destroyed_in_use(Books& books, const detail::Event& event, ObjectId object,
                             const std::optional<EndedHolder>& ended);

}  // namespace sluice::checked
