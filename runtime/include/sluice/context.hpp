// Calling off work that is spread over many goroutines, by hand or at a deadline.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "sluice/chan.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/time.hpp"

namespace sluice {

/// Why a context has ended: `context canceled`, `context deadline exceeded`. They compare equal to
/// std::errc::operation_canceled and std::errc::timed_out.
///
/// Go: context.Canceled, context.DeadlineExceeded.
enum class ContextError {
  canceled = 1,       ///< a CancelFunc was called
  deadline_exceeded,  ///< the deadline has passed
};
/// The error_code of `error`, whose text is Go's.
SLUICE_EXPORT std::error_code make_error_code(ContextError error) noexcept;

namespace detail {
class ContextNode;
class CallOnEnd;
}  // namespace detail

/// A node in a tree of deadlines, cancellations and values, handed down from call to call. A
/// handle: copies refer to one node. What ends a node ends all below it, and nothing above.
///
/// Go: context.Context.
class SLUICE_EXPORT Context {
 public:
  /// The root: never ends, has no values. Go: context.Background.
  static Context background();

  /// Closed when the context has ended; nil for one that can't end. Go: Context.Done.
  RecvChan<> done() const;
  /// Empty until the context has ended, then why. Go: Context.Err.
  std::error_code err() const;
  /// The exception given to the CancelFunc that ended it, or a std::system_error with err(); null
  /// until then. Go: context.Cause.
  std::exception_ptr cause() const;
  /// When it will end by itself, if ever. Go: Context.Deadline.
  std::optional<TimePoint> deadline() const;
  /// The value that the nearest with_value<K> above gave, or null. `K` is a type of the caller's
  /// that names the value and its type, as `K::value_type`. Go: Context.Value.
  template <class K>
  const typename K::value_type* value() const {
    return static_cast<const typename K::value_type*>(find(&kKey<K>));
  }

  /// For the functions below, as are the next two: programs have no use for them.
  explicit Context(std::shared_ptr<detail::ContextNode> node) noexcept : node_(std::move(node)) {}
  /// For the functions below.
  const std::shared_ptr<detail::ContextNode>& node() const noexcept { return node_; }
  /// Its address stands for `K`.
  template <class K>
  static constexpr char kKey = 0;

 private:
  const void* find(const void* key) const noexcept;
  std::shared_ptr<detail::ContextNode> node_;
};

/// Ends one context. Calling it again does nothing, and so does calling it after the context has
/// ended otherwise. May be called from many goroutines. Its destructor calls it: keep it for as
/// long as the context is to live.
///
/// Go: context.CancelFunc, context.CancelCauseFunc.
class SLUICE_EXPORT CancelFunc {
 public:
  /// For with_cancel and its kin.
  explicit CancelFunc(std::shared_ptr<detail::ContextNode> node) noexcept
      : node_(std::move(node)) {}
  /// The one moved from does nothing any more, not when it is destroyed either.
  CancelFunc(CancelFunc&&) noexcept = default;
  /// Ends the context that it was to end first.
  CancelFunc& operator=(CancelFunc&& other) noexcept {
    if (this != &other) {
      (*this)();
      node_ = std::move(other.node_);
    }
    return *this;
  }
  /// Ends the context.
  ~CancelFunc() { (*this)(); }
  /// Ends the context with ContextError::canceled and all below it, before it returns. Does not
  /// wait for anybody.
  void operator()(std::exception_ptr cause = nullptr) const noexcept;

 private:
  std::shared_ptr<detail::ContextNode> node_;
};

/// `auto [ctx, cancel] = ...`: a context with what ends it.
struct Cancellable {
  Context ctx;        ///< the child
  CancelFunc cancel;  ///< ends it, at the latest when it is destroyed
};

/// A child that ends when `cancel` is called or the parent ends. Go: context.WithCancel,
/// WithCancelCause.
[[nodiscard]] SLUICE_EXPORT Cancellable with_cancel(const Context& parent);
/// A child that also ends at `when`, with ContextError::deadline_exceeded and, if given, `cause`.
/// Go: context.WithDeadline, WithDeadlineCause.
[[nodiscard]] SLUICE_EXPORT Cancellable with_deadline(const Context& parent, TimePoint when,
                                                      std::exception_ptr cause = nullptr);
/// with_deadline, `d` from now. Go: context.WithTimeout, WithTimeoutCause.
[[nodiscard]] SLUICE_EXPORT Cancellable with_timeout(const Context& parent, Duration d,
                                                     std::exception_ptr cause = nullptr);
/// A child with the parent's values that does not end when the parent does, and has no deadline.
/// Go: context.WithoutCancel.
SLUICE_EXPORT Context without_cancel(const Context& parent);

namespace detail {
SLUICE_EXPORT Context context_with_value(const Context& parent, const void* key,
                                         std::shared_ptr<const void> value);
SLUICE_EXPORT std::shared_ptr<CallOnEnd> call_on_end(const Context& ctx,
                                                     std::function<void()> call);
SLUICE_EXPORT bool stop_call(CallOnEnd& call) noexcept;
}  // namespace detail

/// A child in which `value<K>()` is `value`. Go: context.WithValue.
template <class K>
Context with_value(const Context& parent, typename K::value_type value) {
  return detail::context_with_value(
      parent, &Context::kKey<K>, std::make_shared<const typename K::value_type>(std::move(value)));
}

/// Calls off what after_func arranged. Letting go of it does not.
class StopFunc {
 public:
  /// For after_func.
  explicit StopFunc(std::shared_ptr<detail::CallOnEnd> call) noexcept : call_(std::move(call)) {}
  /// True if that prevented the call; false: it has started, or had been stopped. Does not wait for
  /// it to finish.
  bool operator()() const noexcept { return detail::stop_call(*call_); }

 private:
  std::shared_ptr<detail::CallOnEnd> call_;
};

/// Calls `f` in a goroutine of its own once `ctx` has ended; at once if it has. Go:
/// context.AfterFunc.
template <class F>
StopFunc after_func(const Context& ctx, F f) {
  return StopFunc(detail::call_on_end(ctx, std::move(f)));
}

}  // namespace sluice

/// @cond
template <>
struct std::is_error_code_enum<sluice::ContextError> : std::true_type {};
/// @endcond
