// Channels: typed conduits between goroutines. A handle is a reference; copies refer to one
// channel.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sluice/debug.hpp"
#include "sluice/detail/chan_core.hpp"

namespace sluice {

/// The value of a channel that only signals. Go: struct{}.
struct Unit {
  /// There is one value.
  friend constexpr bool operator==(Unit, Unit) noexcept { return true; }
};

template <class T>
class SendChan;
template <class T>
class RecvChan;

namespace detail {

template <class T>
constexpr void check_element() {
  static_assert(std::is_object_v<T> && !std::is_const_v<T>,
                "a channel carries values: use a pointer for a reference");
  static_assert(std::is_nothrow_move_constructible_v<T> && std::is_nothrow_destructible_v<T>,
                "a channel's element type must be movable and destructible without exceptions: an "
                "exception halfway "
                "between two goroutines would belong to neither");
}

template <class T>
std::optional<T> take(Slot<T>& slot) noexcept {
  std::optional<T> value(std::move(slot.value));
  slot.value.~T();
  return value;
}

template <class T>
std::optional<T> recv(ChanCore* chan) {
  Slot<T> slot;
  if constexpr (std::is_empty_v<T> && std::is_trivially_copyable_v<T>) ::new (&slot.value) T();
  if (!chan_recv(chan, &slot)) return std::nullopt;
  return take(slot);
}

template <class T>
std::optional<T> try_recv(ChanCore* chan) {
  Slot<T> slot;
  if constexpr (std::is_empty_v<T> && std::is_trivially_copyable_v<T>) ::new (&slot.value) T();
  if (chan_try_recv(chan, &slot) != TryResult::done) return std::nullopt;
  return take(slot);
}

// Receives until the channel is closed and drained: `for (T v : ch)`.
template <class T>
class RecvIterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;
  using reference = T&&;
  using pointer = T*;

  RecvIterator() = default;
  explicit RecvIterator(ChanHandle chan) : chan_(std::move(chan)) { ++*this; }
  T&& operator*() noexcept { return std::move(*value_); }
  RecvIterator& operator++() {
    value_.reset();
    if (std::optional<T> next = recv<T>(chan_.core())) value_.emplace(std::move(*next));
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const RecvIterator& a, std::default_sentinel_t) noexcept {
    return !a.value_.has_value();
  }

 private:
  ChanHandle chan_;
  std::optional<T> value_;
};

template <class T>
ChanCore* core_of(const SendChan<T>& chan) noexcept;
template <class T>
ChanCore* core_of(const RecvChan<T>& chan) noexcept;

}  // namespace detail

/// A channel. `Chan<T>{}` is nil: it blocks for ever; `make_chan` makes one.
///
/// Values go first in, first out; each goes to one receiver. A send happens before the receive that
/// takes its value; with capacity C the k-th receive happens before the (k+C)-th send completes; a
/// close happens before a receive that finds the channel closed. Any number of goroutines and
/// threads may use one channel at the same time. An operation that need not wait costs one lock of
/// the channel, a copy of the handle one atomic addition.
///
/// Go: chan T.
template <class T = Unit>
class Chan {
 public:
  using value_type = T;  ///< what it carries

  /// Nil.
  Chan() noexcept { detail::check_element<T>(); }
  /// For make_chan.
  explicit Chan(detail::ChanHandle handle) noexcept : handle_(std::move(handle)) {}

  /// Sends `value`; parks until a receiver takes it, or, with a buffer, until there is room.
  /// Throws Panic `send on closed channel`. Go: ch <- value.
  void send(T value) const { detail::chan_send(handle_.core(), &value); }
  /// Sends the value of a channel that only signals.
  void send() const requires std::is_same_v<T, Unit> { send(Unit{}); }
  /// Receives; parks until a value comes or the channel is closed. Empty: closed and drained. Go:
  /// v, ok := <-ch.
  std::optional<T> recv() const { return detail::recv<T>(handle_.core()); }
  /// Sends if that needs no waiting: true, and `value` (unless const) has been moved from. False:
  /// not ready, and `value` is untouched. Throws Panic `send on closed channel`. Go: select { case
  /// ch <- value: default: }.
  bool try_send(T& value) const { return detail::chan_try_send(handle_.core(), &value); }
  /// The same with a copy of `value`.
  bool try_send(const T& value) const requires std::is_copy_constructible_v<T> {
    T copy(value);
    return try_send(std::move(copy));
  }
  /// The same with a value that is given away; false: it is still there.
  bool try_send(T&& value) const { return detail::chan_try_send(handle_.core(), &value); }
  /// The same on a channel that only signals.
  bool try_send() const requires std::is_same_v<T, Unit> { return try_send(Unit{}); }
  /// Receives if that needs no waiting. Empty: not ready, or closed and drained.
  std::optional<T> try_recv() const { return detail::try_recv<T>(handle_.core()); }
  /// No more values will be sent: receivers get what is buffered and then nothing, at once. Wakes
  /// all that wait. Throws Panic `close of closed channel`, `close of nil channel`. Senders that
  /// wait throw. Go: close(ch).
  void close() const { detail::chan_close(handle_.core()); }

  /// Values buffered now. 0 for nil. Go: len(ch).
  std::size_t size() const noexcept { return detail::chan_size(handle_.core()); }
  /// Values that fit without a receiver. 0 for nil. Go: cap(ch).
  std::size_t capacity() const noexcept { return detail::chan_capacity(handle_.core()); }
  /// False for nil.
  explicit operator bool() const noexcept { return handle_.core() != nullptr; }
  /// Whether both refer to one channel, or both are nil. Go: ==.
  friend bool operator==(const Chan& a, const Chan& b) noexcept {
    return a.handle_.core() == b.handle_.core();
  }

  /// `for (T v : ch)` receives until the channel is closed and drained. Go: for v := range ch.
  detail::RecvIterator<T> begin() const { return detail::RecvIterator<T>(handle_); }
  /// Where `begin` gets to when the channel is closed and drained.
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class SendChan<T>;
  friend class RecvChan<T>;
  detail::ChanHandle handle_;
};

/// The sending side of a channel: a Chan that can't be received from. Go: chan<- T.
template <class T = Unit>
class SendChan {
 public:
  using value_type = T;  ///< what it carries

  /// Nil.
  SendChan() noexcept = default;
  /// The sending side of `chan`.
  SendChan(const Chan<T>& chan) noexcept : handle_(chan.handle_) {}
  /// The sending side of `chan`, which is nil afterwards.
  SendChan(Chan<T>&& chan) noexcept : handle_(std::move(chan.handle_)) {}

  /// As Chan::send.
  void send(T value) const { detail::chan_send(handle_.core(), &value); }
  /// Sends the value of a channel that only signals.
  void send() const requires std::is_same_v<T, Unit> { send(Unit{}); }
  /// As Chan::try_send.
  bool try_send(T& value) const { return detail::chan_try_send(handle_.core(), &value); }
  /// The same with a copy of `value`.
  bool try_send(const T& value) const requires std::is_copy_constructible_v<T> {
    T copy(value);
    return try_send(std::move(copy));
  }
  /// The same with a value that is given away; false: it is still there.
  bool try_send(T&& value) const { return detail::chan_try_send(handle_.core(), &value); }
  /// The same on a channel that only signals.
  bool try_send() const requires std::is_same_v<T, Unit> { return try_send(Unit{}); }
  /// As Chan::close.
  void close() const { detail::chan_close(handle_.core()); }
  /// Values buffered now. 0 for nil. Go: len(ch).
  std::size_t size() const noexcept { return detail::chan_size(handle_.core()); }
  /// Values that fit without a receiver. 0 for nil. Go: cap(ch).
  std::size_t capacity() const noexcept { return detail::chan_capacity(handle_.core()); }
  /// False for nil.
  explicit operator bool() const noexcept { return handle_.core() != nullptr; }
  /// Whether both refer to one channel, or both are nil. Go: ==.
  friend bool operator==(const SendChan& a, const SendChan& b) noexcept {
    return a.handle_.core() == b.handle_.core();
  }

 private:
  friend detail::ChanCore* detail::core_of<T>(const SendChan<T>&) noexcept;
  detail::ChanHandle handle_;
};

/// The receiving side of a channel: a Chan that can't be sent to or closed. Go: <-chan T.
template <class T = Unit>
class RecvChan {
 public:
  using value_type = T;  ///< what it carries

  /// Nil.
  RecvChan() noexcept = default;
  /// The receiving side of `chan`.
  RecvChan(const Chan<T>& chan) noexcept : handle_(chan.handle_) {}
  /// The receiving side of `chan`, which is nil afterwards.
  RecvChan(Chan<T>&& chan) noexcept : handle_(std::move(chan.handle_)) {}

  /// As Chan::recv.
  std::optional<T> recv() const { return detail::recv<T>(handle_.core()); }
  /// As Chan::try_recv.
  std::optional<T> try_recv() const { return detail::try_recv<T>(handle_.core()); }
  /// Values buffered now. 0 for nil. Go: len(ch).
  std::size_t size() const noexcept { return detail::chan_size(handle_.core()); }
  /// Values that fit without a receiver. 0 for nil. Go: cap(ch).
  std::size_t capacity() const noexcept { return detail::chan_capacity(handle_.core()); }
  /// False for nil.
  explicit operator bool() const noexcept { return handle_.core() != nullptr; }
  /// Whether both refer to one channel, or both are nil. Go: ==.
  friend bool operator==(const RecvChan& a, const RecvChan& b) noexcept {
    return a.handle_.core() == b.handle_.core();
  }
  /// `for (T v : ch)` receives until the channel is closed and drained. Go: for v := range ch.
  detail::RecvIterator<T> begin() const { return detail::RecvIterator<T>(handle_); }
  /// Where `begin` gets to when the channel is closed and drained.
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend detail::ChanCore* detail::core_of<T>(const RecvChan<T>&) noexcept;
  detail::ChanHandle handle_;
};

namespace detail {
template <class T>
ChanCore* core_of(const SendChan<T>& chan) noexcept {
  return chan.handle_.core();
}
template <class T>
ChanCore* core_of(const RecvChan<T>& chan) noexcept {
  return chan.handle_.core();
}
}  // namespace detail

/// Makes a channel with room for `capacity` values that nobody has received yet; 0: each send waits
/// for its receiver. Throws Panic `makechan: size out of range`, std::bad_alloc. Go: make(chan T,
/// capacity).
template <class T = Unit>
[[gnu::always_inline]] inline Chan<T> make_chan(std::size_t capacity = 0) {
  detail::check_element<T>();
  return Chan<T>(detail::ChanHandle(detail::chan_make(detail::kElementType<T>, capacity)));
}

namespace debug {

/// Says that a thread which the runtime can't see will use the channel that the handle at `channel`
/// refers to. Nothing for a nil channel.
template <class T>
void external_waker(const Chan<T>* channel) {
  debug::external_waker(static_cast<const void*>(detail::core_of(SendChan<T>(*channel))));
}
/// The same through the sending side.
template <class T>
void external_waker(const SendChan<T>* channel) {
  debug::external_waker(static_cast<const void*>(detail::core_of(*channel)));
}
/// The same through the receiving side.
template <class T>
void external_waker(const RecvChan<T>* channel) {
  debug::external_waker(static_cast<const void*>(detail::core_of(*channel)));
}

/// Gives the channel that the handle at `channel` refers to the name by which reports call it. As
/// for other objects, the name is the channel's, not the handle's. Nothing for a nil channel.
template <class T>
void name(const Chan<T>* channel, std::string_view name) {
  debug::name(static_cast<const void*>(detail::core_of(SendChan<T>(*channel))), name);
}
/// The same through the sending side.
template <class T>
void name(const SendChan<T>* channel, std::string_view name) {
  debug::name(static_cast<const void*>(detail::core_of(*channel)), name);
}
/// The same through the receiving side.
template <class T>
void name(const RecvChan<T>* channel, std::string_view name) {
  debug::name(static_cast<const void*>(detail::core_of(*channel)), name);
}

}  // namespace debug

}  // namespace sluice
