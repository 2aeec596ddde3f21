// Where the memory of goroutines is, for observers that ask what can still be reached.
#pragma once

#include "sluice/detail/memory_view.hpp"

namespace sluice::detail {

const MemoryView& memory_view() noexcept;

}  // namespace sluice::detail
