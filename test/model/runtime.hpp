// The time in a model.
#pragma once

#include <cstdint>

namespace sluice::model {

// Sets the clock; each reading moves it on by `pace`.
void set_now(std::int64_t nanoseconds, std::int64_t pace = 0);

}  // namespace sluice::model
