// The values that a goroutine, or a foreign thread, keeps of Local variables.
#pragma once

#include "sched/goroutine.hpp"
#include "sluice/local.hpp"

namespace sluice::detail {

struct LocalValue {
  std::uint64_t key;
  void* value;
  void (*destroy)(void*);
  LocalValue* next;
};

// Destroys them, the last made first. A destructor may make new ones.
void destroy_locals(Goroutine& goroutine) noexcept;

}  // namespace sluice::detail
