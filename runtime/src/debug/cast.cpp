#include "debug/cast.hpp"

#include <algorithm>
#include <utility>

namespace sluice::checked {
namespace {

constexpr std::size_t kMostGoroutines = 512;  // that a report lists one by one

thread_local Cast* g_current = nullptr;

}  // namespace

Cast& Cast::current() {
  if (g_current != nullptr) return *g_current;
  static thread_local Cast nobody;
  return nobody;
}

void Cast::meet(CastGoroutine goroutine) {
  if (goroutine.uid == 0 || goroutines.size() >= kMostGoroutines) return;
  const bool known = std::any_of(goroutines.begin(), goroutines.end(),
                                 [&](const auto& other) { return other.uid == goroutine.uid; });
  if (!known) goroutines.push_back(std::move(goroutine));
}

CastScope::CastScope(Cast& cast) : before_(g_current) { g_current = &cast; }

CastScope::~CastScope() { g_current = before_; }

}  // namespace sluice::checked
