// The one epoll instance of the process: which descriptors are watched, and whom their news go to.
// It is made when something is first watched. Knows no goroutines.
#pragma once

#include <cstdint>
#include <functional>
#include <system_error>

#include "net/side.hpp"
#include "sched/event_source.hpp"

namespace sluice::detail {

// What is watched. Its memory stays for the life of the process: news that were on their way when
// it was given back reach whoever uses it next, who takes them for false ones.
struct Descriptor {
  Side read;
  Side write;
  // Called with the news, in the words of epoll, in place of waking anybody; with nothing held.
  // Null for most.
  void (*heard)(Descriptor& itself, std::uint32_t what) noexcept = nullptr;
  Descriptor* next_free = nullptr;
};

// A descriptor of the system under watch for as long as this is in scope.
class Watch {
 public:
  // Edge by edge: there is news when a side becomes ready, not while it is. Sets `error` if it
  // can't be watched; nobody may wait then.
  Watch(int fd, std::error_code& error);
  // Of no descriptor: whoever knows the sides tells them news.
  explicit Watch(std::error_code& error) : Watch(-1, error) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  // No news any more. To be called before `fd` is closed: another process may have the same file.
  void unwatch() noexcept;
  // Ends all waits, now and later.
  void close() noexcept;

  Side& side(Side Descriptor::*which) noexcept { return descriptor_->*which; }

 private:
  int fd_;                  // -1: not watched
  Descriptor* descriptor_;  // null: there was none to be had
};

// Has `heard` called each time that `fd` has become readable, for the life of the process.
std::error_code watch_for_ever(int fd, void (*heard)(Descriptor&, std::uint32_t) noexcept) noexcept;

// Has `to` hear of `events` at `fd`, edge by edge, from now on, and at once of those that are there
// already. May be asked again and again; `fd` may mean another file each time. False: it can't be
// watched. The poller must have been made: a Watch is there.
bool rewatch(int fd, std::uint32_t events, Descriptor& to) noexcept;
void unwatch(int fd) noexcept;

// Something that is always open: a closed number is made to refer to it while somebody still uses
// the number.
int poller_placeholder() noexcept;

// For the scheduler: see EventSource.
void poller_wait(EventBatch& into) noexcept;
void poller_take(EventBatch& into) noexcept;
void poller_deliver(const EventBatch& batch) noexcept;
void poller_interrupt() noexcept;
void poller_clear() noexcept;

// Calls `tell` for each goroutine that waits for news, with what it waits for.
void for_each_io_wait(const std::function<void(const Goroutine&, const IoTarget&)>& tell);

}  // namespace sluice::detail
