// The control block of a goroutine, and of a foreign thread that waits like one. It sits at the top
// of the goroutine's own stack, on the page that its first frames use, so that a parked goroutine
// costs one page.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fiber/fiber.hpp"
#include "fiber/stack_pool.hpp"
#include "sched/shuffle.hpp"
#include "sluice/detail/event.hpp"
#include "sluice/detail/spawn.hpp"

namespace sluice::detail {

struct LocalValue;
class Worker;

// `none` is what a slot reads as that was never used, or whose page went back to the system.
enum class Status : std::uint32_t { none, runnable, running, waiting, dead };

// A status that may be read while a new goroutine is laid out over one that has ended:
// std::atomic's own constructor does not store atomically.
class AtomicStatus {
 public:
  AtomicStatus() noexcept { store(Status::none, std::memory_order_relaxed); }
  Status load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
    return std::atomic_ref(value_).load(order);
  }
  void store(Status status, std::memory_order order = std::memory_order_seq_cst) noexcept {
    std::atomic_ref(value_).store(status, order);
  }

 private:
  mutable Status value_;
};

// Who may touch what: `status` anybody may read. Of a running goroutine all else belongs to its
// worker; of a parked or queued one to whoever will make it run, which at any time is one context
// only: the one that took it out of the wait queue or the run queue that holds it.
struct Goroutine : Actor {
  AtomicStatus status;
  WaitReason reason = WaitReason::none;
  bool foreign = false;
  bool exiting = false;  // exit_goroutine unwinds it
  unsigned stack_log2 = 0;
  std::uint64_t run_id = 0;   // which run it belongs to; a goroutine of a past run is never resumed
  Goroutine* next = nullptr;  // in the global queue, or in the list of foreign threads
  std::int64_t wait_since = 0;
  const ClosureType* type = nullptr;
  void* closure = nullptr;
  fiber::Fiber fiber;
  LocalValue* locals = nullptr;    // its own goroutine's only
  Worker* home = nullptr;          // the only worker that may run it, while it holds ThreadLocks
  std::uint32_t thread_locks = 0;  // how many
  std::uint32_t blocking = 0;      // how many times over it has said that it may block
  Chance chance;                   // set in shuffled runs only
  // Foreign threads only.
  std::atomic<std::uint32_t> woken{0};  // futex: 1 once ready() was called
  std::atomic<bool> parked{
      false};  // cleared by the waker, so that a thread about to run counts as awake
  pid_t tid = 0;
};

inline constexpr std::size_t kGoroutineReserve =
    (sizeof(Goroutine) + fiber::kFreeStackReserve + alignof(std::max_align_t) - 1) / 64 * 64 + 64;

inline Goroutine* goroutine_at(const fiber::Stack& stack) noexcept {
  return reinterpret_cast<Goroutine*>(stack.high() - kGoroutineReserve);
}
SLUICE_THREAD_CONFINED inline fiber::Stack stack_of(const Goroutine& goroutine) noexcept {
  return {
      reinterpret_cast<std::byte*>(goroutine.stack_high) - (std::size_t{1} << goroutine.stack_log2),
      goroutine.stack_log2};
}

}  // namespace sluice::detail
