// RUN: %clangxx -std=c++20 -fsyntax-only -Wall -Werror -I%runtime_include %s
// The names of the runtime that the checks know, held to the headers: what is renamed there breaks this file.
#include <sluice/sluice.hpp>

#include <concepts>
#include <type_traits>

template <class M>
concept Exclusive = requires(M& m) {
  { m.lock() } -> std::same_as<void>;
  { m.try_lock() } -> std::same_as<bool>;
  { m.unlock() } -> std::same_as<void>;
};
template <class M>
concept Shared = Exclusive<M> && requires(M& m) {
  { m.lock_shared() } -> std::same_as<void>;
  { m.try_lock_shared() } -> std::same_as<bool>;
  { m.unlock_shared() } -> std::same_as<void>;
};

static_assert(Exclusive<sluice::Mutex>);
static_assert(Shared<sluice::RWMutex>);
static_assert(Exclusive<sluice::ReadLocker>);
static_assert(std::is_constructible_v<sluice::ReadLocker, sluice::RWMutex&>);
static_assert(std::is_constructible_v<sluice::Lock<sluice::Mutex>, sluice::Mutex&>);
static_assert(std::is_constructible_v<sluice::SharedLock<sluice::RWMutex>, sluice::RWMutex&>);

// Not run: each name has to be there and take what the table says it takes.
void names(sluice::Mutex& mu, sluice::Cond& cond, sluice::WaitGroup& wg) {
  cond.wait(mu);
  cond.wait(mu, [] { return true; });
  sluice::go([] {});
  wg.go([] {});
  sluice::Defer unlock{[&] { mu.unlock(); }};
  SLUICE_DEFER { mu.unlock(); };
}
