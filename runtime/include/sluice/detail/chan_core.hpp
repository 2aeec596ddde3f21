// The type-erased half of a channel, as templates see it: they only say how to move and destroy a
// T.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "sluice/detail/event.hpp"
#include "sluice/detail/export.hpp"

namespace sluice::detail {

struct ChanCore;

struct ElementType {
  std::uint32_t size;  // 0 for a type without a value: nothing is moved then
  std::uint32_t align;
  void (*move)(void* to, void* from) noexcept;  // constructs *to from *from; null: copy the bytes
  void (*destroy)(void* element) noexcept;      // null: nothing to do
};

template <class T>
inline constexpr ElementType kElementType{
    std::is_empty_v<T> && std::is_trivially_copyable_v<T> ? 0u
                                                          : static_cast<std::uint32_t>(sizeof(T)),
    static_cast<std::uint32_t>(alignof(T)),
    std::is_trivially_copyable_v<T>
        ? nullptr
        : +[](void* to, void* from) noexcept { ::new (to) T(std::move(*static_cast<T*>(from))); },
    std::is_trivially_destructible_v<T>
        ? nullptr
        : +[](void* element) noexcept { static_cast<T*>(element)->~T(); }};

// Room for a T that the core may or may not construct.
template <class T>
union Slot {
  Slot() noexcept {}
  ~Slot() {}
  T value;
};

// Throws Panic `makechan: size out of range` when the buffer could not be addressed.
SLUICE_EXPORT ChanCore* chan_make(const ElementType& type, std::size_t capacity);
SLUICE_EXPORT void chan_retain(ChanCore* chan) noexcept;
SLUICE_EXPORT void chan_release(ChanCore* chan) noexcept;

// A null channel is Go's nil: send and receive park for ever. `value` is moved from, `into` is raw
// memory.
SLUICE_EXPORT void chan_send(ChanCore* chan, void* value);
SLUICE_EXPORT bool chan_recv(ChanCore* chan, void* into);
enum class TryResult : std::uint8_t { not_ready, done, closed };
SLUICE_EXPORT bool chan_try_send(ChanCore* chan, void* value);
SLUICE_EXPORT TryResult chan_try_recv(ChanCore* chan, void* into) noexcept;
SLUICE_EXPORT void chan_close(ChanCore* chan);
SLUICE_EXPORT std::size_t chan_size(const ChanCore* chan) noexcept;
SLUICE_EXPORT std::size_t chan_capacity(const ChanCore* chan) noexcept;

struct SelectCase {
  ChanCore* chan;
  void* element;    // send: the value, moved from if chosen; receive: raw memory
  AccessMode mode;  // send or receive
  bool received;    // out, for the chosen receive: a value came; false: closed and drained
};
// The index of the case that went. Throws Panic `send on closed channel`.
SLUICE_EXPORT int select_blocking(std::span<SelectCase> cases);
SLUICE_EXPORT int select_ready(std::span<SelectCase> cases);  // -1: none is ready

// What feeds a channel from outside and need not work while nobody listens: a timer. Called under
// no lock.
class SLUICE_EXPORT ChanSource {
 public:
  virtual void refresh() noexcept = 0;  // deliver what is due: somebody is about to look
  virtual void attach() noexcept = 0;   // one more waits on the channel
  virtual void detach() noexcept = 0;   // one fewer
  virtual std::int64_t
  due() noexcept = 0;  // nanoseconds of the monotonic clock, 0: nothing to come
  virtual ~ChanSource();
};
// A channel that shows size and capacity 0, as a timer's does, with room for one value. Takes the
// source over.
SLUICE_EXPORT ChanCore* chan_make_fed(const ElementType& type, std::unique_ptr<ChanSource> source);
// Takes back a value that nobody has received.
SLUICE_EXPORT bool chan_discard(ChanCore* chan) noexcept;

// An intrusive reference to a channel; copies share it.
class ChanHandle {
 public:
  constexpr ChanHandle() noexcept = default;
  explicit ChanHandle(ChanCore* adopted) noexcept : core_(adopted) {}
  ChanHandle(const ChanHandle& other) noexcept : core_(other.core_) {
    if (core_ != nullptr) chan_retain(core_);
  }
  ChanHandle(ChanHandle&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  ChanHandle& operator=(ChanHandle other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~ChanHandle() {
    if (core_ != nullptr) chan_release(core_);
  }
  ChanCore* core() const noexcept { return core_; }

 private:
  ChanCore* core_ = nullptr;
};

}  // namespace sluice::detail
