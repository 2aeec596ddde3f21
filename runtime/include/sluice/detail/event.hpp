// The one hook through which debug mode sees the runtime: events go to one Observer, set once
// before any worker starts. This file knows what happened and to which object, not what it means.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sluice/detail/export.hpp"

namespace sluice::detail {

// Why a goroutine is parked. Every dump and every report prints to_text(reason), which is Go's
// text.
enum class WaitReason : std::uint8_t {
  none,
  chan_receive,
  chan_send,
  chan_receive_nil,
  chan_send_nil,
  select,
  select_no_cases,
  mutex_lock,
  rw_mutex_lock,
  rw_mutex_lock_shared,
  cond_wait,
  wait_group_wait,
  once_call,
  semaphore_acquire,
  sleep,
  io_wait,
};

SLUICE_EXPORT std::string_view to_text(WaitReason reason) noexcept;

enum class ObjectKind : std::uint8_t {
  none,
  mutex,
  rw_mutex,
  once,
  cond,
  wait_group,
  semaphore,
  channel,
  timer
};

// How an object is used: a lock is taken exclusive or shared; a channel is sent to or received
// from.
enum class AccessMode : std::uint8_t { none, exclusive, shared, send, receive };

// How a goroutine ended.
enum class ExitKind : std::uint8_t { returned, threw, goexit };

// An object's number, given by the observer when it first hears of the object; 0 means never seen.
// It lives in the object so that an address that is used again is not taken for the old object.
struct ObjectTag {
  std::atomic<std::uint32_t> id{0};
};

// Of a lock: also who took it last, by the number of his trail, if the observer was told of that
// and of nothing since. Written by the holder.
struct alignas(8) LockTag : ObjectTag {
  std::atomic<std::uint32_t> taker{0};

  // Both in one load, by who is both or does not mind a mixture.
  [[gnu::always_inline]] std::uint64_t both() const noexcept {
    using Word [[gnu::may_alias]] = std::uint64_t;
    return __atomic_load_n(reinterpret_cast<const Word*>(this), __ATOMIC_RELAXED);
  }
  static std::uint64_t both(std::uint32_t id, std::uint32_t taker) noexcept {
    return id | static_cast<std::uint64_t>(taker) << 32;
  }
};

struct LockTrail;

struct ObjectRef {
  const void* address = nullptr;
  ObjectTag* tag = nullptr;
  ObjectKind kind = ObjectKind::none;
  AccessMode mode = AccessMode::none;
  std::uint32_t size = 0;      // channel: values buffered now
  std::uint32_t capacity = 0;  // channel
};

// What kind of lock is taken, and how.
struct LockUse {
  ObjectKind kind = ObjectKind::mutex;
  AccessMode mode = AccessMode::exclusive;
};

// Who does it: a goroutine, or a thread that the runtime did not start (id 0).
struct Actor {
  std::uint64_t id = 0;
  std::uint64_t parent_id = 0;
  const void* creation_pc = nullptr;  // return address into the function that called go()
  const char* name = nullptr;         // GoOptions::name or debug::name; never null-terminated early
  void* observer_state = nullptr;     // the observer's own; null until it sets it
  LockTrail* trail = nullptr;    // likewise (detail/lock_trail.hpp): locks that need no telling
  std::uintptr_t stack_low = 0;  // bounds of the stack that the actor runs on; stack grows down
  std::uintptr_t stack_high = 0;
};

enum class EventKind : std::uint8_t {
  // Goroutines. spawn: `other` is the child, not yet running. start: told of nobody; the last thing
  // done by one that has done nothing yet. exit: `value` is an ExitKind, `text` the exception's
  // type and text when it threw.
  spawn,
  start,
  exit,
  // An object is made (not told for objects initialised at compile time), gets a name (`text`),
  // dies.
  created,
  named,
  destroyed,
  // The user vouches for any order of two locks, which `objects` holds by address only; `text` is
  // why.
  order_exempt,
  // Locks: Mutex, RWMutex, and Once (held while its function runs). lock_request comes before the
  // attempt and before
  // any waiting; `mode` is exclusive or shared. taken is both at once, told when the lock was free.
  // A
  // try that fails tells nothing.
  lock_request,
  lock_taken,
  lock_acquired,
  lock_try_acquired,
  lock_released,
  // Waiting. park comes before the goroutine sleeps, with `objects` (a select: one a case) and
  // `reason`; `value` is the
  // deadline in nanoseconds of the monotonic clock when something will end the wait by itself, else
  // 0; `text` is what a wait for input or output waits for. unpark comes
  // when it runs again, told by the goroutine itself.
  park,
  unpark,
  // WaitGroup. add: `value` is delta, told before it is applied, done() is -1. wait: told on entry.
  wait_group_add,
  wait_group_wait,
  // wg.go(f): `other` is the child that owes the done.
  wait_group_bind,
  // Condition variables. wait: told before the lock is freed; `objects` has the address of what is
  // to be freed, a lock or a holder of one, as its second element. notify: `value` is how many it
  // will wake.
  cond_wait,
  cond_notify,
  // Channels. closed is told before the channel is; when it turns out that it had been closed
  // before, closed_again follows, and a panic. send_on_closed: a panic follows.
  chan_closed,
  chan_closed_again,
  chan_send_on_closed,
  // A send is about to be tried (a select: `objects` has its send cases); a value was taken, or the
  // news that the
  // channel is closed. Only what orders goroutines is wanted, so a try that failed tells nothing.
  chan_send,
  chan_received,
  // Locks of the operating system's threads (pthread_mutex_t, and so std::mutex) taken and freed by
  // goroutines; `objects` has the address.
  os_lock_acquired,
  os_lock_released,
  // Others may now act on what is told of in no other way: units of a semaphore were given back, a
  // timer that will start a goroutine was set.
  signalled,
  // debug::rank: `value` is the rank of the object at the address.
  ranked,
  // The program. uncaught: an exception, described by `text`, finds no handler and is about to end
  // the process. run_end: main has returned. all_asleep: no goroutine can run again. quiet: none
  // has run for a while, or a second has passed since this was told last; `value` is for how long
  // none has, in nanoseconds, if no timer is set either, else 0.
  // Those two are told on a thread that may block: an observer may look around there, as long
  // as it wants.
  uncaught,
  run_begin,
  run_end,
  all_asleep,
  quiet,
};

struct Event {
  EventKind kind{};
  WaitReason reason = WaitReason::none;
  AccessMode mode = AccessMode::none;
  Actor* doer = nullptr;
  Actor* other = nullptr;
  std::span<const ObjectRef> objects;
  std::int64_t value = 0;
  std::string_view text;
  // The call site: the return address into the user's code (or into a header of the standard
  // library), and the stack pointer of that caller just before its call, which tells this
  // activation of the caller from later ones.
  const void* pc = nullptr;
  const void* frame = nullptr;
};

struct MemoryView;

// What an observer may ask of the runtime. All functions may be called from on_event, at any time.
struct RuntimeView {
  // Return addresses of `actor`, innermost first: of a parked goroutine from where it parked
  // (certain only while it stays parked), of the calling actor from the caller of this function.
  // Never allocates. Returns how many.
  std::size_t (*backtrace)(const Actor& actor, const void** pcs, std::size_t max) = nullptr;
  // Whether `actor` is parked this moment and nobody has readied it: it will not run on by itself.
  // Between the ready and its own unpark event only this tells. Null: unknown, taken for true.
  bool (*waiting)(const Actor& actor) = nullptr;
  // Calls `visit` for each living goroutine and each foreign thread known. Goroutines may start and
  // end meanwhile.
  void (*for_each_actor)(void (*visit)(Actor& actor, void* context), void* context) = nullptr;
  // Where goroutines' memory is (detail/memory_view.hpp); null: not to be looked at.
  const MemoryView* memory = nullptr;
};

// Told of every event, in the order in which each actor does things. Called with no lock of the
// runtime held, on the doer's stack. It must not park, throw, or use any public object of sluice;
// it may block its thread for a while.
class Observer {
 public:
  virtual void on_event(const Event& event) noexcept = 0;

  // What programs do most, in fewer words: the events of these names. `object` is the number in the
  // object's tag, which is not 0. False: nothing has been noted, and the event is to be told whole.
  // A lock that its doer's trail has taken note of is not told of at all.
  virtual bool lock_taken(Actor& doer, std::uint32_t object, LockUse use, const void* pc,
                          const void* frame) noexcept;
  virtual bool lock_released(Actor& doer, std::uint32_t object, LockUse use,
                             const void* pc) noexcept;
  virtual bool chan_send(Actor& doer, std::uint32_t object, const void* pc) noexcept;
  virtual bool chan_received(Actor& doer, std::uint32_t object, const void* pc) noexcept;

 protected:
  ~Observer() = default;
};

// Written before workers start and after they end, read by every operation. One predictable branch
// when null.
SLUICE_EXPORT extern std::atomic<Observer*> g_observer;

#if defined(SLUICE_WITHOUT_HOOKS) && SLUICE_WITHOUT_HOOKS
// A runtime that nobody can watch: what bench/ compares the usual one with.
inline Observer* observer() noexcept { return nullptr; }
#else
inline Observer* observer() noexcept { return g_observer.load(std::memory_order_relaxed); }
#endif
inline bool observed() noexcept { return observer() != nullptr; }

}  // namespace sluice::detail
