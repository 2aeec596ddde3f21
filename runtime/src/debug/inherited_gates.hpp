// Locks that a goroutine does not hold itself, but whose holder started it and waits for it: as
// good as held, when the question is what can run at the same time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "debug/object_table.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::checked {

struct Gate {
  ObjectId object = kNoObject;
  detail::AccessMode mode = detail::AccessMode::none;
  // Whose acquisition, and which one: what is done under one and the same acquisition is not kept
  // apart by it.
  std::uint64_t holder = 0;
  std::uint32_t serial = 0;
  // A channel that serves as a lock: its record, and how the section was begun.
  const ObjectRecord* channel = nullptr;
  bool by_sending = false;
};

struct InheritedGates {
  std::shared_ptr<InheritedGates> up;  // what the lender had inherited itself
  std::vector<Gate> gates;
  // The lender freed one of the gates without having waited for anything since it started the
  // goroutine, so they were not what kept others out. Written by the lender, read by whoever
  // compares.
  std::atomic<bool> broken{false};
  bool waited = false;  // the lender's own
};

}  // namespace sluice::checked
