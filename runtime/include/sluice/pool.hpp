// Objects that are costly to make, kept for their next use.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "sluice/mutex.hpp"

namespace sluice {

/// Keeps objects that are not in use and hands them out again, the most recently returned first.
///
/// Safe to use from many goroutines. Unlike Go's it holds on to what it has until it is destroyed:
/// there is no garbage collection to thin it out. An object that is not returned is no loss to the
/// pool.
///
/// Go: sync.Pool.
template <class T>
class Pool {
 public:
  /// `make` makes an object when none is at hand; it is called with no lock held.
  template <class F>
  explicit Pool(F make) : make_(std::move(make)) {}

  /// An object from the pool, or a new one. Throws what `make` throws. Go: Pool.Get.
  T get() {
    {
      Lock lock(mu_);
      if (!free_.empty()) {
        T object = std::move(free_.back());
        free_.pop_back();
        return object;
      }
    }
    return make_();
  }
  /// Gives an object back. Go: Pool.Put.
  void put(T object) {
    Lock lock(mu_);
    free_.push_back(std::move(object));
  }

 private:
  Mutex mu_;
  std::function<T()> make_;
  std::vector<T> free_ SLUICE_GUARDED_BY(mu_);
};

}  // namespace sluice
