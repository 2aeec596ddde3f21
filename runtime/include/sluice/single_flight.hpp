// Doing the same work once for all who ask for it at the same time.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "sluice/mutex.hpp"
#include "sluice/panic.hpp"
#include "sluice/wait_group.hpp"

namespace sluice {

/// Of several calls with one key at the same time only the first runs its function; the others wait
/// for its result.
///
/// K needs a std::hash and equality, V to be copyable.
///
/// Go: golang.org/x/sync/singleflight.Group.
template <class K, class V>
class SingleFlight {
 public:
  /// What `f()` returns, or what it returned to a call with the same key that was under way. Parks
  /// while another runs it. What `f` throws goes to all that waited for it; if it ends its
  /// goroutine they get a Panic. Go: Group.Do.
  template <class F>
  V call(const K& key, F f) {
    std::shared_ptr<Flight> flight;
    bool mine = false;
    {
      Lock lock(mu_);
      std::shared_ptr<Flight>& slot = flights_[key];
      mine = slot == nullptr;
      if (mine) {
        slot = std::make_shared<Flight>();
        slot->landing.add(1);
      }
      flight = slot;
    }
    if (mine) {
      Landing landing{this, key, flight.get()};
      try {
        flight->value.emplace(std::invoke(f));
      } catch (...) {
        flight->thrown = std::current_exception();
        if (flight->thrown == nullptr) throw;  // no exception: exit_goroutine unwinds
      }
    } else {
      flight->landing.wait();
    }
    if (flight->thrown != nullptr) std::rethrow_exception(flight->thrown);
    if (!flight->value.has_value())
      throw Panic("sluice: the call that this one waited for did not return");
    return *flight->value;
  }
  /// The next call with `key` runs its function even if one is under way. Go: Group.Forget.
  void forget(const K& key) {
    Lock lock(mu_);
    flights_.erase(key);
  }

 private:
  struct Flight {
    WaitGroup landing;
    std::optional<V> value;
    std::exception_ptr thrown;
  };
  // Ends the flight however its function ends, exit_goroutine included.
  struct Landing {
    SingleFlight* group;
    const K& key;
    Flight* flight;
    ~Landing() {
      {
        Lock lock(group->mu_);
        const auto found = group->flights_.find(key);
        if (found != group->flights_.end() && found->second.get() == flight)
          group->flights_.erase(found);
      }
      flight->landing.done();
    }
  };

  Mutex mu_;
  std::unordered_map<K, std::shared_ptr<Flight>> flights_ SLUICE_GUARDED_BY(mu_);
};

}  // namespace sluice
