// Waiting for the first of several channel operations.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "sluice/chan.hpp"
#include "sluice/detail/chan_core.hpp"

namespace sluice {

namespace detail {

// A receive among select's cases; the value lands in `into`, if given.
template <class T>
class RecvCase {
 public:
  RecvCase(const RecvChan<T>& chan, std::optional<T>* into) noexcept : chan_(chan), into_(into) {}
  // The slot holds nothing between two selects.
  RecvCase(RecvCase&& other) noexcept : chan_(std::move(other.chan_)), into_(other.into_) {}
  SelectCase prepare() noexcept {
    if constexpr (kElementType<T>.size == 0) ::new (&slot_.value) T();
    return {core_of(chan_), &slot_, AccessMode::receive, false};
  }
  void finish(const SelectCase& result) noexcept {
    if (into_ != nullptr) into_->reset();
    if (!result.received) return;
    if (into_ != nullptr) into_->emplace(std::move(slot_.value));
    slot_.value.~T();
  }

 private:
  RecvChan<T> chan_;
  std::optional<T>* into_;
  Slot<T> slot_;
};

// A send among select's cases. It refers to a value that was given to be moved, and moves it only
// when chosen; of any other value it keeps a copy.
template <class T, bool kOwned>
class SendCase {
 public:
  template <class U>
  SendCase(const SendChan<T>& chan, U&& value) : chan_(chan), value_(std::forward<U>(value)) {}
  SelectCase prepare() noexcept {
    return {core_of(chan_), const_cast<T*>(&value_), AccessMode::send, false};
  }
  void finish(const SelectCase&) noexcept {}
  // The same case with a value of its own, for a Selector, which outlives the expression that made
  // the case.
  SendCase<T, true> own() && { return SendCase<T, true>(chan_, std::move(value_)); }

 private:
  SendChan<T> chan_;
  std::conditional_t<kOwned, T, T&&> value_;
};

template <class T, class U>
auto make_send_case(const SendChan<T>& chan, U&& value) {
  return SendCase<T, !std::is_same_v<U&&, T&&>>(chan, std::forward<U>(value));
}

template <class... Cases>
int run_select(int (*core)(std::span<SelectCase>), Cases&... cases) {
  std::array<SelectCase, sizeof...(Cases)> table{cases.prepare()...};
  const int chosen = core(table);
  int index = 0;
  (void)((index++ == chosen ? (cases.finish(table[static_cast<std::size_t>(chosen)]), true)
                            : false) ||
         ...);
  return chosen;
}

}  // namespace detail

/// A case that receives from `ch`. `into` becomes the value, or empty when the channel is closed
/// and drained; it is touched only if this case goes. Go: case v, ok := <-ch.
template <class T>
auto on_recv(const Chan<T>& ch, std::type_identity_t<std::optional<T>>& into) {
  return detail::RecvCase<T>(ch, &into);
}
/// The same from a receiving side.
template <class T>
auto on_recv(const RecvChan<T>& ch, std::type_identity_t<std::optional<T>>& into) {
  return detail::RecvCase<T>(ch, &into);
}
/// The same for a value that nobody needs. Go: case <-ch.
template <class T>
auto on_recv(const Chan<T>& ch) {
  return detail::RecvCase<T>(ch, nullptr);
}
/// The same from a receiving side.
template <class T>
auto on_recv(const RecvChan<T>& ch) {
  return detail::RecvCase<T>(ch, nullptr);
}
/// A case that sends `value`. `std::move(x)` is moved from only if this case goes. Go: case ch <-
/// value.
template <class T, class U>
requires std::constructible_from<T, U&&>
auto on_send(const Chan<T>& ch, U&& value) {
  return detail::make_send_case<T>(SendChan<T>(ch), std::forward<U>(value));
}
/// The same to a sending side.
template <class T, class U>
requires std::constructible_from<T, U&&>
auto on_send(const SendChan<T>& ch, U&& value) {
  return detail::make_send_case<T>(ch, std::forward<U>(value));
}
/// A case that sends on a channel that only signals.
inline auto on_send(const Chan<Unit>& ch) { return detail::SendCase<Unit, true>(ch, Unit{}); }
/// The same to a sending side.
inline auto on_send(const SendChan<Unit>& ch) { return detail::SendCase<Unit, true>(ch, Unit{}); }

/// Parks until one of the cases can go, makes it go, and returns its index. Among several that are
/// ready each is as likely. A case on a nil channel never goes; with no case that can, it parks for
/// ever.
///
/// Throws Panic `send on closed channel` when the chosen case sends on a closed channel. Costs a
/// lock of each channel among the cases; at most 65,535 cases.
///
/// Go: select.
template <class... Cases>
int select(Cases... cases) {
  return detail::run_select(&detail::select_blocking, cases...);
}

/// The same, but never parks: -1 when no case is ready, so that a `switch` over it lands on
/// `default:`.
///
/// Go: select with default.
template <class... Cases>
int try_select(Cases... cases) {
  return detail::run_select(&detail::select_ready, cases...);
}

/// A select whose cases are known at run time only.
///
/// ```cpp
/// sluice::Selector selector;
/// for (auto& input : inputs) selector.add(sluice::on_recv(input, value));
/// const int from = selector.wait();
/// ```
///
/// May be waited on again and again; a send case gives its value away once and never goes again
/// after that. For one goroutine at a time.
///
/// Go: reflect.Select.
class Selector {
 public:
  /// Adds a case made by on_recv or on_send and returns its index. Unlike with `select`, a value to
  /// send is moved into the Selector at once.
  template <class Case>
  int add(Case entry) {
    if constexpr (requires { std::move(entry).own(); }) {
      cases_.push_back(
          std::make_unique<Holder<decltype(std::move(entry).own())>>(std::move(entry).own(), true));
    } else {
      cases_.push_back(std::make_unique<Holder<Case>>(std::move(entry), false));
    }
    return static_cast<int>(cases_.size()) - 1;
  }

  /// As `select`: parks until a case can go; its index.
  int wait() { return run(&detail::select_blocking); }
  /// As `try_select`: -1 when none is ready.
  int try_wait() { return run(&detail::select_ready); }

 private:
  struct AnyCase {
    virtual ~AnyCase() = default;
    virtual detail::SelectCase prepare() noexcept = 0;
    virtual void finish(const detail::SelectCase& result) noexcept = 0;
  };
  template <class Case>
  struct Holder final : AnyCase {
    Holder(Case&& made, bool once) : entry(std::move(made)), goes_once(once) {}
    detail::SelectCase prepare() noexcept override {
      detail::SelectCase prepared = entry.prepare();
      if (spent) prepared.chan = nullptr;
      return prepared;
    }
    void finish(const detail::SelectCase& result) noexcept override {
      spent = goes_once;
      entry.finish(result);
    }
    Case entry;
    bool goes_once;
    bool spent = false;
  };

  int run(int (*core)(std::span<detail::SelectCase>)) {
    std::vector<detail::SelectCase> table;
    table.reserve(cases_.size());
    for (auto& each : cases_) table.push_back(each->prepare());
    const int chosen = core(table);
    if (chosen >= 0)
      cases_[static_cast<std::size_t>(chosen)]->finish(table[static_cast<std::size_t>(chosen)]);
    return chosen;
  }

  std::vector<std::unique_ptr<AnyCase>> cases_;
};

}  // namespace sluice
