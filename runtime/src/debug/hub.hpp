// Where the runtime's events arrive: the one Observer of checked mode. It keeps the books that
// several detectors share (who holds what, who waits for what) and hands each event to the
// detectors that it concerns.
#pragma once

#include <memory>

#include "debug/object_id.hpp"
#include "debug/options.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::checked {

// Boot makes one before the first worker starts, stores it in g_observer, and never destroys it
// while an event can still come: goroutines that are dropped when run() returns may be in the
// middle of one.
class Hub final : public detail::Observer {
 public:
  Hub(const Options& options, const detail::RuntimeView& view);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // On all_asleep this reports and ends the process with the status that the options give. On
  // run_end it first gives goroutines that have not parked yet up to a second to do so: call it
  // where that does not stop the workers.
  void on_event(const detail::Event& event) noexcept override;
  bool lock_taken(detail::Actor& doer, ObjectId lock, detail::LockUse use, const void* pc,
                  const void* frame) noexcept override;
  bool lock_released(detail::Actor& doer, ObjectId lock, detail::LockUse use,
                     const void* pc) noexcept override;
  bool chan_send(detail::Actor& doer, ObjectId channel, const void* pc) noexcept override;
  bool chan_received(detail::Actor& doer, ObjectId channel, const void* pc) noexcept override;

  // Once, when run() is about to return: prints the one line that counts what was reported and what
  // was left out, if there is anything to count.
  void finish();

  // How many goroutines live that nothing is known to excuse: what debug::check_leaks() returns.
  // Reports them.
  std::size_t check_leaks();

  // debug::daemon and debug::external_waker.
  void daemon(detail::Actor& goroutine);
  void external_waker(const void* object);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::checked
