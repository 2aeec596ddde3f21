// How it was seen that one lock is taken under another, and whether several such sightings could
// happen at the same time. Knows one sighting from the other, not how they are found or told.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "debug/actor_table.hpp"

namespace sluice::checked {

// A goroutine asked for `to` while it held `from`.
struct Witness {
  Identity who;
  Moment when;
  detail::AccessMode from_mode = detail::AccessMode::exclusive;
  detail::AccessMode to_mode = detail::AccessMode::exclusive;
  std::vector<Gate> held;  // all that it held, `from` among them
  std::shared_ptr<InheritedGates> inherited;
  StackId from_stack = kNoStack;
  StackId to_stack = kNoStack;
  std::int64_t first_seen = 0;  // since the start
  std::uint32_t count = 1;

  // The same code path as another: it need not be kept twice.
  bool same_as(const Witness& other) const;
};

// Why sightings cannot form a deadlock together, in the order in which it is asked.
enum class Obstacle : std::uint8_t {
  same_goroutine,
  common_lock,
  ordered,
  only_readers,
  exempt,  // nothing but the user's word
  none
};

// Whether two of the goroutines could be where the sightings say at the same time.
Obstacle between(const Witness& a, const Witness& b);

// As a summary says it: "1 same goroutine".
const char* to_text(Obstacle obstacle) noexcept;

}  // namespace sluice::checked
