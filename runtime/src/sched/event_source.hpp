// What happens outside the process, and whom it wakes: descriptors that become ready. A worker that
// has nothing to do waits here in place of its futex; boot.cpp says who it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::detail {

// What has happened, and has not been delivered yet.
struct EventBatch {
  struct Event {
    void* to;
    std::uint32_t what;
  };
  std::array<Event, 64> room;
  std::size_t count = 0;

  void push(const Event& event) noexcept { room[count++] = event; }
  std::span<const Event> events() const noexcept { return {room.data(), count}; }
};

struct EventSource {
  // Whether anybody waits for events. Whoever is woken by one is runnable before this is false.
  bool (*expected)() noexcept = nullptr;
  // Puts what has happened into an empty batch. `wait` blocks the thread until there is something,
  // until a signal, or until `interrupt` is called, which may have been before. Called while events
  // are expected; `wait` by one thread at a time.
  void (*wait)(EventBatch& into) noexcept = nullptr;
  void (*take)(EventBatch& into) noexcept = nullptr;
  // Readies those that wait for it; with nothing held.
  void (*deliver)(const EventBatch& batch) noexcept = nullptr;
  void (*interrupt)() noexcept = nullptr;
  // A run has ended: forget its goroutines.
  void (*clear)() noexcept = nullptr;
};

void set_event_source(const EventSource& source) noexcept;
const EventSource& event_source() noexcept;

// To be called by a thread that is no worker, once it expects an event.
void event_awaited() noexcept;

}  // namespace sluice::detail
