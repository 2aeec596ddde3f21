// The atomics in public objects, behind a name that a model checker can replace.
#pragma once

#include <atomic>

namespace sluice::model {
template <class T>
class Atomic;
}  // namespace sluice::model

namespace sluice::detail {

#if defined(SLUICE_MODEL)
template <class T>
using Atomic = model::Atomic<T>;  // test/model defines it
#else
template <class T>
using Atomic = std::atomic<T>;
#endif

}  // namespace sluice::detail
