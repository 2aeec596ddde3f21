// Values that belong to a goroutine, as thread_local values belong to a thread.
#pragma once

#include <cstdint>

#include "sluice/detail/export.hpp"

namespace sluice {

namespace detail {
SLUICE_EXPORT std::uint64_t new_local_key() noexcept;
// The value of the running goroutine for `key`, made by `make` at first use and destroyed when the
// goroutine ends.
SLUICE_EXPORT void* local_value(std::uint64_t key, void* (*make)(), void (*destroy)(void*));
}  // namespace detail

/// A variable of which each goroutine has its own. Safe across switches, unlike thread_local: the
/// value goes where its goroutine goes. A thread of your own has its own value, too.
///
/// ```cpp
/// static sluice::Local<Request> current;
/// current.get().id = 7;
/// ```
template <class T>
class Local {
 public:
  Local() noexcept : key_(detail::new_local_key()) {}
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  /// This goroutine's value, value-initialised at its first use. The reference is good until the
  /// goroutine ends. A walk over the goroutine's values: keep them few.
  T& get() {
    return *static_cast<T*>(detail::local_value(
        key_, []() -> void* { return new T(); },
        [](void* value) { delete static_cast<T*>(value); }));
  }

 private:
  const std::uint64_t key_;
};

}  // namespace sluice
